-- Which times a segment of several sources holds of each: {"ga4": [from, to]}, in microseconds, both inclusive.
ALTER TABLE lake_segments ADD COLUMN origin_bounds json NOT NULL DEFAULT '{}';
