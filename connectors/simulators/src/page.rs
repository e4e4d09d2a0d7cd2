//! What the pages look like that people see of the simulators.

use html_escape::encode_text;

/// No picture is asked for: there is none.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:light-dark(#d9dde3,#3a3f47);--soft:light-dark(#f4f5f7,#1d2126);--quiet:light-dark(#5b6470,#a3acb8)}\
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--soft)}\
main{box-sizing:border-box;max-width:34rem;margin:8vh auto;padding:1.5rem 2rem 2rem;background:light-dark(#fff,#15181c);\
border:1px solid var(--line);border-radius:.75rem}\
@media(max-width:36rem){main{margin:0;border:0;border-radius:0;min-height:100vh}}\
h1{font-size:1.375rem;line-height:1.3;margin:1rem 0;overflow-wrap:anywhere}\
ul{padding-left:1.25rem}fieldset{border:1px solid var(--line);border-radius:.5rem;margin:0 0 1rem;padding:.25rem 1rem}\
legend{padding:0 .25rem;color:var(--quiet)}fieldset p{margin:.5rem 0}\
.note{margin:0;padding:.5rem .75rem;border-radius:.5rem;background:var(--soft);color:var(--quiet);font-size:.875rem}\
.choice{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0 0}\
button{font:inherit;padding:.5rem 1.25rem;border:1px solid var(--line);border-radius:.5rem;background:none;color:inherit;cursor:pointer}\
button.first{background:light-dark(#1f2933,#e7eaee);border-color:transparent;color:light-dark(#fff,#15181c)}";

/// A page of somebody who is played here. `title` is text, `body` HTML.
pub(crate) fn page(of: &str, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><p class=\"note\">A simulated {of}, on this machine: everything in it is made up.</p>\
         {body}</main></body></html>",
        title = encode_text(title),
    )
}
