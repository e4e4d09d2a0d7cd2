-- From now on plans have limits. Whoever ran a server until now had none, and has none still.

-- Row-level security holds for the owner too, who changes the rows here.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
UPDATE organizations SET plan_tier = 'enterprise';
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
