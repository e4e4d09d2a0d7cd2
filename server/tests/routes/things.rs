//! What an organisation has that routes name, and how it comes to be.

use aloftly_catalog::dashboards::{
    DashboardChange, DashboardSource, IfMatch, NewDashboard, SavedViewChange, Visibility,
};
use aloftly_catalog::{
    AnnotationChange, AnnotationKind, ConnectedAccount, ConnectionId, CustomerRequestId, Invited, KeyScope,
    NewAnnotation, NewApiKey, NewConnection, NewInvitations, NewShare, OrgRole, Provisioned, Tenant,
};
use aloftly_connectors::contract::Account;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::World;

/// What is known of an organisation, to ask for it.
#[derive(Clone, Copy)]
pub(crate) struct Things {
    pub(crate) store: Uuid,
    pub(crate) import: Uuid,
    pub(crate) organization: Uuid,
    pub(crate) workspace: Uuid,
    pub(crate) member: Uuid,
    pub(crate) session: Uuid,
    pub(crate) invitation: Uuid,
    pub(crate) key: Uuid,
    pub(crate) share: Uuid,
    pub(crate) connection: Uuid,
    pub(crate) sync: Uuid,
    pub(crate) delivery: Uuid,
    pub(crate) request: Uuid,
    pub(crate) dashboard: Uuid,
    pub(crate) revision: Uuid,
    pub(crate) view: Uuid,
    pub(crate) template: Uuid,
    pub(crate) annotation: Uuid,
}

/// A dashboard with what belongs to it, and what happened.
pub(crate) struct Pages {
    pub(crate) dashboard: Uuid,
    pub(crate) revision: Uuid,
    pub(crate) view: Uuid,
    pub(crate) template: Uuid,
    pub(crate) annotation: Uuid,
}

impl Things {
    pub(super) fn unknown() -> Self {
        let [
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
            dashboard,
            revision,
            view,
            template,
            annotation,
        ] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18].map(Uuid::from_u128);
        Self {
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
            dashboard,
            revision,
            view,
            template,
            annotation,
        }
    }

    /// All of them.
    pub(crate) fn ids(&self) -> [Uuid; 18] {
        let Self {
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
            dashboard,
            revision,
            view,
            template,
            annotation,
        } = *self;
        [
            store,
            import,
            organization,
            workspace,
            member,
            session,
            invitation,
            key,
            share,
            connection,
            sync,
            delivery,
            request,
            dashboard,
            revision,
            view,
            template,
            annotation,
        ]
    }

    /// A text without their ids.
    pub(super) fn left_out_of(&self, text: &str) -> String {
        self.ids().into_iter().fold(text.to_owned(), |text, id| text.replace(&id.to_string(), "ID"))
    }
}

/// Things of the organisation `a` that nobody has asked for yet, with a new member who is in no workspace. The store
/// and the import are those that it has.
pub(crate) async fn new_things(
    world: &World,
    tenant: &Tenant,
    made: &Provisioned,
    import: Uuid,
    number: usize,
) -> Things {
    let email = format!("target-{number}@a.test");
    let member = world.database.member(made.organization, &email, OrgRole::Viewer).await;
    let (connection, sync) = new_connection(tenant, made, &format!("elsewhere_{number}"), "acme").await;
    let (delivery, asked) = told(world, tenant, made, connection, "acme").await;
    let Pages { dashboard, revision, view, template, annotation } =
        new_pages(world, "owner@a.test", made, "acme").await;
    Things {
        store: made.stores[0].0,
        import,
        organization: made.organization.0,
        workspace: made.workspace.0,
        member: member.0,
        session: world.database.as_person(&email).await.1.session.id.0,
        invitation: invited(tenant, &format!("invited-{number}@a.test")).await,
        key: new_key(world).await,
        share: new_share(world, made).await,
        connection,
        sync,
        delivery,
        request: asked,
        dashboard,
        revision,
        view,
        template,
        annotation,
    }
}

/// The id of the widget that is on each dashboard of [`new_pages`].
pub(crate) const WIDGET: &str = "figure1";

/// A widget with that id, and a text in everything that it says.
pub(crate) fn widget(id: &str, text: &str) -> Value {
    json!({
        "id": id, "kind": "kpi", "size": "small", "title": text, "note": text, "query": { "metrics": ["shopify.revenue"] },
        "own": { "range": null, "compare": null, "stores": null, "filters": "add" }, "display": { "text": text }, "text": null,
    })
}

/// A document with one widget.
pub(crate) fn document(text: &str) -> Value {
    json!({
        "version": 1,
        "settings": {
            "range": "last_30_days", "compare": "previous_period", "stores": null, "currency": null, "filters": [],
        },
        "sections": [
            { "id": "section1", "title": text, "columns": 2, "collapsed": false, "widgets": [widget(WIDGET, text)] },
        ],
    })
}

/// A dashboard that the person with that address makes in the organisation's workspace, with its history, a shared view and a template, and
/// a note of what happened; the text is in everything that they say.
pub(crate) async fn new_pages(world: &World, email: &str, made: &Provisioned, text: &str) -> Pages {
    let (acting, _) = world.database.as_person(email).await;
    let from = DashboardSource::Document(serde_json::from_value(document(text)).unwrap());
    let (workspace, visibility) = (made.workspace, Visibility::Workspace);
    let new = NewDashboard { workspace, name: text.to_owned(), visibility, from };
    let dashboard = acting.create_dashboard(&new).await.unwrap();
    let id = dashboard.summary.id;
    let (name, description, document) = (text.to_owned(), text.to_owned(), dashboard.document);
    let described = DashboardChange { name, description, visibility, document };
    acting.save_dashboard(id, &IfMatch::Any, &described).await.unwrap();
    let revision = acting.dashboard_history(id, None, 1).await.unwrap().revisions.remove(0);
    let view = SavedViewChange { name: text.to_owned(), search: format!("range=today&by={text}"), is_shared: true };
    let view = acting.create_saved_view(id, &view).await.unwrap();
    // An organisation has a hundred at most: those of before are in the way of so many routes.
    for before in acting.templates().await.unwrap() {
        acting.delete_template(before.id).await.unwrap();
    }
    let template = acting.create_template(id, text, text).await.unwrap();
    let day = "2026-11-02".parse().unwrap();
    let (title, body) = (text.to_owned(), text.to_owned());
    let says = AnnotationChange { kind: AnnotationKind::Note, title, body, first_day: day, last_day: day };
    let note = NewAnnotation { workspace, store: Some(made.stores[0]), says };
    let annotation = acting.create_annotation(&note).await.unwrap();
    Pages {
        dashboard: id.0,
        revision: revision.id.0,
        view: view.id.0,
        template: template.id.0,
        annotation: annotation.id.0,
    }
}

/// A connection of the organisation's store to a provider that this server does not know, with the account of that name, and its first sync.
pub(crate) async fn new_connection(tenant: &Tenant, made: &Provisioned, provider: &str, account: &str) -> (Uuid, Uuid) {
    let new = NewConnection {
        store: made.stores[0],
        provider,
        fields: json!({ "shop": account }),
        credentials: vec![("token", account.into())],
        expires_at: None,
        accounts: vec![account.to_owned()],
    };
    let begun = tenant.begin_connection(new).await.unwrap();
    let about = serde_json::to_value(Account::new(account, account)).unwrap();
    let account = ConnectedAccount { id: account.to_owned(), name: account.to_owned(), about };
    tenant.choose_account(begun.id, &account, std::slice::from_ref(&account.name)).await.unwrap();
    let job = tenant.sync_jobs(begun.id, None, 1).await.unwrap().jobs.pop().unwrap();
    (begun.id.0, job.id.0)
}

/// What a provider told of the organisation's store: something that could not be carried out, and a customer who wants to know what is kept of them.
pub(crate) async fn told(
    world: &World,
    tenant: &Tenant,
    made: &Provisioned,
    connection: Uuid,
    text: &str,
) -> (Uuid, Uuid) {
    let delivery = world.database.dead_letter(made.organization, ConnectionId(connection), text).await;
    let request = CustomerRequestId(delivery.0);
    tenant.customer_asks(request, made.stores[0], "elsewhere", Some(text), Some(text)).await.unwrap();
    (delivery.0, request.0)
}

/// Asks somebody to join.
pub(super) async fn invited(tenant: &Tenant, email: &str) -> Uuid {
    let new = NewInvitations { emails: vec![email.to_owned()], role: OrgRole::Viewer, workspaces: Vec::new() };
    match tenant.invite(&new).await.unwrap().pop().unwrap().1 {
        Invited::Sent(invitation, _) => invitation.id.0,
        other => panic!("{email}: {other:?}"),
    }
}

/// Shows figures of the organisation's store to whoever has a link.
pub(super) async fn new_share(world: &World, made: &Provisioned) -> Uuid {
    let query = json!({ "metrics": ["shopify.revenue"] });
    let stores = made.stores.iter().copied().collect();
    let new = NewShare::of_query("share", query, stores);
    let (owner, _) = world.database.as_person("owner@a.test").await;
    owner.create_share(&new).await.unwrap().0.id.0
}

/// A key of the organisation `a`.
pub(super) async fn new_key(world: &World) -> Uuid {
    let (owner, _) = world.database.as_person("owner@a.test").await;
    let scopes = [KeyScope::MetricsRead].into_iter().collect();
    // An organisation has so many keys and no more: those that were asked for make room.
    let keys = owner.api_keys().await.unwrap();
    if keys.len() > 90 {
        let oldest = keys.iter().filter(|key| key.name == "a").min_by_key(|key| key.id).unwrap();
        owner.revoke_api_key(oldest.id).await.unwrap();
    }
    let new = NewApiKey { name: "a".to_owned(), scopes, workspace: None, expires_at: None };
    owner.create_api_key(&new).await.unwrap().0.id.0
}
