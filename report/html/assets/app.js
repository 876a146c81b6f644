"use strict";
(function () {
  // Every text comes from the data block and is set as text: nothing here parses
  // markup, so that no name can become any.
  const D = JSON.parse(document.getElementById("data").textContent);
  const S = D.strings, T = D.tenants, P = D.principals;
  const SEV = ["", "info", "low", "medium", "high", "critical"];
  const REACH = ["none", "limited", "conditional", "whole"];
  const number = new Intl.NumberFormat("en-US");
  const num = (n) => number.format(n);
  const $ = (id) => document.getElementById(id);

  function el(tag, props, ...kids) {
    const e = document.createElement(tag);
    for (const k in props) {
      if (k === "cls") e.className = props[k];
      else if (k === "on") for (const ev in props.on) e.addEventListener(ev, props.on[ev]);
      else if (props[k] !== undefined) e.setAttribute(k, props[k]);
    }
    for (const kid of kids.flat()) if (kid !== null && kid !== undefined) e.append(kid);
    return e;
  }
  const text = (tag, cls, s) => { const e = document.createElement(tag); if (cls) e.className = cls; e.textContent = s; return e; };
  const sevTag = (s) => text("span", "sev sev-" + SEV[s], SEV[s][0].toUpperCase() + SEV[s].slice(1));
  const day = (d) => d ? new Date(d * 864e5).toISOString().slice(0, 10) : "";
  const plural = (n, one, many) => num(n) + " " + (n === 1 ? one : many);
  const enc = encodeURIComponent;
  // A command is there to be copied: what a shell could take for more is quoted.
  const shell = (s) => /^[\w@.:\/-]+$/.test(s) ? s : "'" + s.replaceAll("'", "'\\''") + "'";
  function dec(s) { try { return decodeURIComponent(s); } catch { return s; } }

  // ---- principals, by column --------------------------------------------
  const live = (i) => !(P.flags[i] & 1), acts = (i) => !(P.flags[i] & 2);
  const holds = (i) => live(i) && acts(i) && P.rolecount[i] > 0;
  const pName = (i) => P.name[i] || P.id[i];
  const pState = (i) => S[P.state[i]] + (live(i) ? "" : " (no access today)");
  const pElevated = (i) => P.elevated[i];
  const pMail = (i) => P.email[i] + S[P.domain[i]];
  const pRoles = (i) => P.roles[i].map((r) => S[r]).join("; ") + (P.more[i] ? "; " + num(P.more[i]) + " more" : "");

  // ---- a list that draws only what is seen --------------------------------
  function virtual(mount, o) {
    const cols = o.columns, grid = cols.map((c) => c.width).join(" ");
    const narrowGrid = cols.filter((c) => !c.lo).map((c) => c.narrow || c.width).join(" ");
    const narrow = matchMedia("(max-width:760px)");
    let order = [], sortBy = -1, down = false, active = -1, first = -1, last = -1;
    const pad = el("div", { cls: "vt-pad", role: "rowgroup" });
    const body = el("div", { cls: "vt-body", tabindex: "0", "aria-label": o.label + ": arrow keys move, Enter opens", role: "presentation" }, pad);
    const head = el("div", { cls: "vt-head", role: "row" });
    const box = el("div", { cls: "vt", role: "table", "aria-label": o.label }, head, body);
    const empty = text("p", "empty", "Nothing matches.");
    empty.hidden = true;
    mount.append(box, empty);
    cols.forEach((c, i) => {
      const cell = el("span", { role: "columnheader", cls: c.cls || "" });
      if (c.sort) cell.append(el("button", { type: "button", on: { click: () => sort(i) } }, c.label));
      else cell.textContent = c.label;
      c.head = cell;
      head.append(cell);
    });
    const height = () => narrow.matches ? 58 : 36;
    function layout() {
      head.style.gridTemplateColumns = grid;
      pad.style.height = order.length * height() + "px";
      redraw();
    }
    function redraw() { first = -1; last = -1; draw(); }
    function draw() {
      const h = height(), from = Math.max(0, Math.floor(body.scrollTop / h) - 6);
      const to = Math.min(order.length, Math.ceil((body.scrollTop + body.clientHeight) / h) + 6);
      if (from === first && to === last) return;
      first = from; last = to;
      const rows = [];
      for (let at = from; at < to; at++) rows.push(row(at, h));
      pad.replaceChildren(...rows);
    }
    function row(at, h) {
      const i = order[at];
      const r = el("div", { cls: "vt-row" + (at === active ? " on" : ""), role: "row", id: o.id + "-r" + at, "aria-rowindex": at + 2 });
      r.style.top = at * h + "px";
      r.style.gridTemplateColumns = narrow.matches ? narrowGrid : grid;
      for (const c of cols) {
        const cell = el("span", { role: "cell", cls: (c.cls || "") + (c.lo ? " lo" : "") });
        if (c.draw) cell.append(c.draw(i)); else { cell.textContent = c.get(i); cell.title = cell.textContent; }
        if (c.sub) cell.append(text("span", "sub", c.sub(i)));
        r.append(cell);
      }
      r.addEventListener("click", () => { activate(at); o.open(i); });
      return r;
    }
    function activate(at) {
      active = Math.max(0, Math.min(order.length - 1, at));
      const h = height(), top = active * h;
      if (top < body.scrollTop) body.scrollTop = top;
      if (top + h > body.scrollTop + body.clientHeight) body.scrollTop = top + h - body.clientHeight;
      body.setAttribute("aria-activedescendant", o.id + "-r" + active);
      redraw();
    }
    function sort(i) {
      down = sortBy === i ? !down : !!cols[i].down;
      sortBy = i;
      cols.forEach((c, n) => c.head.setAttribute("aria-sort", n === i ? (down ? "descending" : "ascending") : "none"));
      apply();
    }
    function apply() {
      if (sortBy >= 0) {
        const key = new Map();
        for (const i of order) key.set(i, cols[sortBy].sort(i));
        order.sort((a, b) => { const x = key.get(a), y = key.get(b); return (x < y ? -1 : x > y ? 1 : a - b) * (down && x !== y ? -1 : 1); });
      }
      active = -1;
      body.scrollTop = 0;
      box.setAttribute("aria-rowcount", order.length + 1);
      box.hidden = order.length === 0;
      empty.hidden = order.length > 0;
      layout();
    }
    body.addEventListener("scroll", draw, { passive: true });
    body.addEventListener("keydown", (e) => {
      const page = Math.max(1, Math.floor(body.clientHeight / height()) - 1);
      const move = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[e.key];
      if (move) { activate(active < 0 && move > 0 && move < 1e9 ? move - 1 : active + move); e.preventDefault(); }
      else if ((e.key === "Enter" || e.key === " ") && active >= 0) { o.open(order[active]); e.preventDefault(); }
    });
    narrow.addEventListener("change", layout);
    addEventListener("resize", redraw);
    return { set(list) { order = list; apply(); }, shown: redraw, rows: () => order.length };
  }

  const debounce = (f) => { let t; return () => { clearTimeout(t); t = setTimeout(f, 90); }; };
  const select = (label, options, on) => {
    const s = el("select", { "aria-label": label, on: { change: on } }, el("option", { value: "" }, label));
    for (const [value, name] of options) s.append(el("option", { value }, name));
    return s;
  };
  const liveCount = () => el("span", { cls: "count", role: "status", "aria-live": "polite" });

  // ---- panel ---------------------------------------------------------------
  const panel = $("panel"), panelBody = $("panel-body");
  let back = null, base = "overview";
  function openPanel(title, kids) {
    if (panel.hidden) back = document.activeElement;
    $("panel-title").textContent = title;
    panelBody.replaceChildren(...kids.filter((k) => k));
    panel.hidden = false;
    panelBody.scrollTop = 0;
    panel.focus({ preventScroll: true });
  }
  function closePanel() {
    if (panel.hidden) return;
    panel.hidden = true;
    if (back && back.isConnected) back.focus({ preventScroll: true });
    back = null;
  }
  function leavePanel() { closePanel(); history.replaceState(null, "", "#" + base); }
  $("panel-close").addEventListener("click", leavePanel);
  addEventListener("keydown", (e) => { if (e.key === "Escape" && !panel.hidden) leavePanel(); });

  function facts(pairs) {
    const d = el("dl", { cls: "facts" });
    for (const [k, v] of pairs) if (v !== "" && v !== null && v !== undefined) d.append(text("dt", "", k), v instanceof Node ? el("dd", {}, v) : text("dd", "", v));
    return d;
  }
  function chips(list, shown, make) {
    const ul = el("ul", { cls: "chips" });
    const add = (from, to) => { for (let i = from; i < to && i < list.length; i++) ul.append(el("li", {}, make(list[i]))); };
    add(0, shown);
    if (list.length > shown) {
      const li = el("li", {}, el("button", { type: "button", on: { click: () => { li.remove(); add(shown, list.length); } } }, "Show " + num(list.length - shown) + " more"));
      ul.append(li);
    }
    return ul;
  }
  const code = (s) => text("code", "", s);
  const link = (hash, s, cls) => { const a = text("a", cls || "", s); a.href = "#" + hash; return a; };
  const tenantLink = (t) => link("tenant/" + enc(T[t].name), T[t].name, "tag");
  const kindName = (i) => S[i].replaceAll("_", " ");
  const personButton = (i) => {
    const b = el("button", { type: "button", on: { click: () => { location.hash = "principal/" + enc(P.id[i]); } } }, pName(i));
    b.title = [pMail(i), S[P.kind[i]], T[P.tenant[i]].name].filter((s) => s).join(" · ");
    return b;
  };

  // ---- findings --------------------------------------------------------------
  const F = D.findings, R = D.rules;
  for (const f of F) for (let k = 1; k < f.people.length; k++) f.people[k] += f.people[k - 1];
  const fText = F.map(() => null);
  const fHay = (i) => fText[i] || (fText[i] = [F[i].fp, R[F[i].rule].id, S[F[i].title], F[i].message, F[i].tenants.map((t) => T[t].name).join(" "), F[i].people.map((p) => pName(p) + " " + pMail(p)).join(" ")].join(" ").toLowerCase());
  const ff = { sev: new Set(), tenant: "", rule: "", status: "", text: "" };
  let fTable, fCount, fControls;
  const current = (f) => f.status !== "fixed" && f.status !== "accepted";
  const shownAs = (f) => ff.status === "" ? current(f) : ff.status === "all" || f.status === ff.status;

  function buildFindings() {
    const mount = $("findings-mount"), refresh = filterFindings;
    const bar = el("div", { cls: "bar-filters", role: "search", "aria-label": "Filter findings" });
    const toggles = {};
    for (const s of [5, 4, 3, 2, 1]) {
      const n = F.reduce((k, f) => k + (f.severity === s && current(f)), 0);
      const b = el("button", { type: "button", cls: "toggle", "aria-pressed": "false", on: { click: () => { ff.sev.has(s) ? ff.sev.delete(s) : ff.sev.add(s); b.setAttribute("aria-pressed", ff.sev.has(s)); refresh(); } } }, SEV[s] + " " + num(n));
      toggles[s] = b;
      bar.append(b);
    }
    const tenant = select("All tenants", T.map((t, i) => [String(i), t.name]), () => { ff.tenant = tenant.value; refresh(); });
    const used = new Map(F.map((f) => [R[f.rule].id, R[f.rule].title]));
    const rule = select("All rules", [...used.keys()].sort().map((id) => [id, id + " " + used.get(id)]), () => { ff.rule = rule.value; refresh(); });
    const states = ["new", "open", "fixed", "accepted"].map((s) => [s, s + " " + num(F.reduce((k, f) => k + (f.status === s), 0))]);
    const status = select("New and open", states.filter((s) => D.baseline !== "" || s[0] === "open" || s[0] === "accepted").concat([["all", "all"]]), () => { ff.status = status.value; refresh(); });
    const q = el("input", { type: "search", placeholder: "Search findings", "aria-label": "Search findings" });
    q.addEventListener("input", debounce(() => { ff.text = q.value.trim().toLowerCase(); refresh(); }));
    const clear = el("button", { type: "button", on: { click: () => { setFilter({}); } } }, "Clear");
    fCount = liveCount();
    bar.append(tenant, rule, status, q, clear, fCount);
    mount.append(bar);
    fControls = { toggles, tenant, rule, status, q };
    fTable = virtual(mount, {
      id: "f", label: "Findings", open: (i) => { location.hash = "finding/" + F[i].fp; },
      columns: [
        { label: "Severity", width: "84px", draw: (i) => sevTag(F[i].severity), sort: (i) => -F[i].severity },
        { label: "Rule", width: "74px", cls: "", lo: true, get: (i) => R[F[i].rule].id, sort: (i) => R[F[i].rule].id },
        { label: "Finding", width: "minmax(0,1fr)", get: (i) => F[i].message || S[F[i].title], sub: (i) => R[F[i].rule].id + " · " + plural(F[i].total, "principal", "principals") + " · " + F[i].status },
        { label: "Tenants", width: "minmax(0,180px)", lo: true, get: (i) => F[i].tenants.map((t) => T[t].name).join(", ") },
        { label: "Principals", width: "84px", cls: "r", lo: true, down: true, get: (i) => num(F[i].total), sort: (i) => F[i].total },
        { label: "Status", width: "76px", lo: true, get: (i) => F[i].status, sort: (i) => F[i].status },
      ],
    });
    filterFindings();
  }
  function setFilter(f) {
    ff.sev = new Set(f.severity ? [SEV.indexOf(f.severity)] : []);
    ff.tenant = f.tenant ? String(T.findIndex((t) => t.name === f.tenant)) : "";
    ff.rule = f.rule || "";
    ff.status = f.status || "";
    ff.text = (f.text || "").toLowerCase();
    for (const s in fControls.toggles) fControls.toggles[s].setAttribute("aria-pressed", ff.sev.has(+s));
    fControls.tenant.value = ff.tenant; fControls.rule.value = ff.rule; fControls.status.value = ff.status; fControls.q.value = f.text || "";
    filterFindings();
  }
  function filterFindings() {
    const out = [];
    for (let i = 0; i < F.length; i++) {
      const f = F[i];
      if (ff.sev.size && !ff.sev.has(f.severity)) continue;
      if (ff.tenant !== "" && !f.tenants.includes(+ff.tenant)) continue;
      if (ff.rule !== "" && R[f.rule].id !== ff.rule) continue;
      if (!shownAs(f)) continue;
      if (ff.text !== "" && !fHay(i).includes(ff.text)) continue;
      out.push(i);
    }
    fTable.set(out);
    const all = F.reduce((k, f) => k + current(f), 0), apart = F.length - all;
    fCount.textContent = (out.length === all && ff.status === "" ? plural(all, "finding", "findings") : num(out.length) + " of " + plural(ff.status === "" ? all : F.length, "finding", "findings")) + (apart && ff.status === "" ? ", and " + num(apart) + " accepted or fixed" : "");
  }
  function chain(c, long) {
    const ol = el("ol", { cls: long ? "chain long" : "chain" });
    for (const l of c.links) {
      const li = el("li");
      if (l[0] !== 0 || ol.firstChild) li.append(text("span", "lab", S[l[0]] + " "));
      li.append(text("span", "nam", S[l[1]]));
      if (l[2]) li.append(text("span", "lab", " (" + S[l[2]] + ")"));
      ol.append(li);
    }
    return ol;
  }
  function factBlock(f) {
    const kids = [facts(f.fields.map((p) => [S[p[0]].replaceAll("_", " "), S[p[1]]]))];
    for (const c of f.chains) {
      kids.push(chain(c));
      if (c.because.length) kids.push(text("p", "muted", "Conditional, because " + c.because.map((b) => S[b]).join("; ") + "."));
    }
    return kids;
  }
  function showFinding(fp) {
    const i = F.findIndex((f) => f.fp === fp);
    if (i < 0) { openPanel("No such finding", [text("p", "", "This report has no finding " + fp + ". It may belong to another snapshot.")]); return; }
    const f = F[i], r = R[f.rule], kids = [];
    kids.push(el("div", { cls: "meta" }, sevTag(f.severity), code(f.fp), text("span", "tag", f.status), f.tenants.map((t) => tenantLink(t))));
    kids.push(text("p", "", f.message));
    if (f.note) kids.push(text("p", "notice", f.note));
    kids.push(text("h3", "", "Why it matters"), text("p", "", r.why), text("h3", "", "Fix"), text("p", "", r.fix));
    if (f.cut.length || f.cutNote) kids.push(text("h3", "", "Smallest set of changes that ends it"));
    if (f.cut.length) kids.push(el("ol", { cls: "cut" }, f.cut.map((c) => text("li", "", c))));
    if (f.cutNote) kids.push(text("p", "muted", S[f.cutNote]));
    const pic = f.picture ? $("pic-" + i) : null;
    if (pic) kids.push(text("h3", "", "How it comes about"), pic.content.cloneNode(true), text("p", "muted", "The same in words is the first of the evidence."));
    else if (f.picture === -1) kids.push(text("p", "muted", "The picture of the path is left out to keep this file small; the steps are below."));
    if (f.records.length) kids.push(text("h3", "", "About"), chips(f.records, 20, (r) => text("code", "", S[r])));
    if (f.total) {
      kids.push(text("h3", "", f.total === 1 ? "Principal" : num(f.total) + " principals"));
      kids.push(chips(f.people.concat(f.others.map((n) => S[n])), 20, (p) => typeof p === "number" ? personButton(p) : code(p)));
      const told = f.people.length + f.others.length;
      if (f.total > told) kids.push(text("p", "muted", num(f.total - told) + " more are in the workbook and the JSON report."));
    }
    if (f.facts.length) {
      kids.push(text("h3", "", "Evidence"));
      for (const fa of f.facts) kids.push(...factBlock(fa));
      if (f.moreFacts) kids.push(text("p", "muted", plural(f.moreFacts, "further fact is", "further facts are") + " in the JSON report."));
    }
    if (f.covers.length) {
      kids.push(text("h3", "", "Included findings with the same cause"));
      for (const c of f.covers) kids.push(el("div", { cls: "meta" }, sevTag(c[1]), code(c[0]), text("span", "", c[2]), text("span", "muted", plural(c[3], "principal", "principals"))));
    }
    if (r.controls.length) { const u = chips(r.controls, 50, code); kids.push(text("h3", "", "Controls"), u); }
    openPanel(r.id + " · " + S[f.title], kids);
  }

  // ---- principals --------------------------------------------------------------
  let pTable, pCount;
  const pf = { tenant: "", kind: "", text: "", only: "" };
  const pHays = [];
  const pHay = (i) => pHays[i] || (pHays[i] = (P.name[i] + "\n" + pMail(i) + "\n" + P.id[i] + "\n" + pRoles(i)).toLowerCase());
  const byText = (get) => (i) => get(i).toLowerCase();
  function buildPrincipals() {
    const mount = $("principals-mount"), bar = el("div", { cls: "bar-filters", role: "search", "aria-label": "Filter principals" });
    const q = el("input", { type: "search", placeholder: "Search name, e-mail, id or role", "aria-label": "Search principals" });
    q.addEventListener("input", debounce(() => { pf.text = q.value.trim().toLowerCase(); filterPrincipals(); }));
    const tenant = select("All tenants", T.map((t, i) => [String(i), t.name]), () => { pf.tenant = tenant.value; filterPrincipals(); });
    const kind = select("All kinds", D.kinds.map((k) => [String(k), S[k].replaceAll("_", " ")]), () => { pf.kind = kind.value; filterPrincipals(); });
    const only = select("Any standing", [["live", "live, with own access"], ["dormant", "without access today"], ["elevated", "elevated"], ["stale", "not seen for " + D.staleDays + " days"], ["unseen", "last use not known"], ["disputed", "tenant disputed"], ["finding", "in a finding"]], () => { pf.only = only.value; filterPrincipals(); });
    pCount = liveCount();
    bar.append(q, tenant, kind, only, pCount);
    mount.append(bar);
    pTable = virtual(mount, {
      id: "p", label: "Principals", open: (i) => { location.hash = "principal/" + enc(P.id[i]); },
      columns: [
        { label: "Name", width: "minmax(0,1.3fr)", get: pName, sort: byText(pName), sub: (i) => T[P.tenant[i]].name + " · " + S[P.kind[i]].replaceAll("_", " ") + (pElevated(i) ? " · " + num(pElevated(i)) + " elevated" : "") },
        { label: "E-mail", width: "minmax(0,1.4fr)", lo: true, get: (i) => pMail(i), sort: byText((i) => pMail(i)) },
        { label: "Kind", width: "100px", lo: true, get: (i) => S[P.kind[i]].replaceAll("_", " "), sort: (i) => S[P.kind[i]] },
        { label: "Tenant", width: "minmax(0,.8fr)", lo: true, get: (i) => T[P.tenant[i]].name + (P.flags[i] & 4 ? " (disputed)" : ""), sort: (i) => T[P.tenant[i]].name },
        { label: "Division", width: "minmax(0,.8fr)", lo: true, get: (i) => S[P.division[i]], sort: (i) => S[P.division[i]] },
        { label: "State", width: "minmax(0,90px)", lo: true, get: pState, sort: pState },
        { label: "Last seen", width: "88px", lo: true, down: true, get: (i) => day(P.seen[i]) || "not known", sort: (i) => P.seen[i] },
        { label: "Role assignments", width: "minmax(0,2fr)", lo: true, get: (i) => pRoles(i), sort: (i) => pRoles(i) },
        { label: "Elevated", width: "72px", cls: "r", lo: true, down: true, get: (i) => pElevated(i) ? num(pElevated(i)) : "", sort: pElevated },
      ],
    });
    filterPrincipals();
  }
  let inFinding = null;
  function filterPrincipals() {
    if (pf.only === "finding" && !inFinding) { inFinding = new Set(); for (const f of F) for (const p of f.people) inFinding.add(p); }
    const out = [], t = pf.tenant === "" ? -1 : +pf.tenant, k = pf.kind === "" ? -1 : +pf.kind;
    for (let i = 0; i < P.id.length; i++) {
      if (t >= 0 && P.tenant[i] !== t) continue;
      if (k >= 0 && P.kind[i] !== k) continue;
      if (pf.only === "live" && !(live(i) && acts(i))) continue;
      if (pf.only === "dormant" && live(i) && acts(i)) continue;
      if (pf.only === "elevated" && !pElevated(i)) continue;
      if (pf.only === "disputed" && !(P.flags[i] & 4)) continue;
      if (pf.only === "stale" && !(holds(i) && P.seen[i] && D.now - P.seen[i] >= D.staleDays)) continue;
      if (pf.only === "unseen" && !(holds(i) && !P.seen[i])) continue;
      if (pf.only === "finding" && !inFinding.has(i)) continue;
      if (pf.text !== "" && !pHay(i).includes(pf.text)) continue;
      out.push(i);
    }
    pTable.set(out);
    pCount.textContent = out.length === P.id.length ? plural(P.id.length, "principal", "principals") : num(out.length) + " of " + plural(P.id.length, "principal", "principals");
  }
  function showPrincipal(id) {
    const i = P.id.indexOf(id);
    if (i < 0) { openPanel("No such principal", [text("p", "", "This report does not list " + id + ".")]); return; }
    const kids = [facts([
      ["Kind", S[P.kind[i]].replaceAll("_", " ")], ["Id", code(P.id[i])], ["E-mail", pMail(i)],
      ["Tenant", el("span", {}, tenantLink(P.tenant[i]), (T[P.tenant[i]].external ? " external" : "") + ", by " + S[P.by[i]])],
      ["Division", S[P.division[i]]], ["State", pState(i)], ["Last seen", day(P.seen[i]) || "not known"],
      ["Access", acts(i) ? (live(i) ? "its own" : "none today; kept for when it is active again") : "delegated: acts as whoever signs in"],
      ["Elevated permissions", num(pElevated(i))], ["Different roles", num(P.rolecount[i])], ["Role assignments", pRoles(i) || "none"],
    ])];
    const c = classNo(P.class[i]);
    if (P.class[i] && !c) kids.push(text("p", "muted", "Its class of equal access, " + num(P.class[i]) + ", is left out here; the workbook has it (Effective access)."));
    if (c) {
      kids.push(text("h3", "", "Effective access"), el("p", {}, c.total === 1 ? "Nobody else of its tenant has exactly this access: " : plural(c.total - 1, "other of its tenant has", "others of its tenant have") + " exactly the same: ", link("class/" + P.class[i], "class " + num(P.class[i])), "."), holdTable(c));
    }
    if (P.flags[i] & 4) kids.push(text("p", "notice warn", "Facts disagree about the tenant that this principal belongs to."));
    const mine = F.map((f, n) => n).filter((n) => F[n].people.includes(i));
    kids.push(text("h3", "", mine.length ? plural(mine.length, "finding", "findings") : "No finding names it"), findingList(mine));
    kids.push(text("h3", "", "All that it can do"), el("p", {}, code("grantgraph access " + shell((S[P.kind[i]] === "oauth_client" ? "client" : S[P.kind[i]]) + ":" + P.id[i]))));
    openPanel(pName(i), kids);
  }

  // ---- roles and clients -----------------------------------------------------------
  function simpleTable(mount, label, rows, columns, open, hay, keep) {
    const bar = el("div", { cls: "bar-filters", role: "search", "aria-label": "Filter " + label });
    const q = el("input", { type: "search", placeholder: "Search", "aria-label": "Search " + label }), n = liveCount();
    bar.append(q, n);
    mount.append(bar);
    const t = virtual(mount, { id: mount.id, label, columns, open });
    const hays = [], hayOf = (r, i) => hays[i] || (hays[i] = hay(r).toLowerCase());
    const filter = () => {
      const s = q.value.trim().toLowerCase(), out = [];
      rows.forEach((r, i) => { if ((!keep || keep(r)) && (s === "" || hayOf(r, i).includes(s))) out.push(i); });
      t.set(out);
      n.textContent = num(out.length) + " of " + num(rows.length);
    };
    q.addEventListener("input", debounce(filter));
    filter();
    t.filter = filter;
    return t;
  }
  const RO = D.roles, CL = D.clients;
  const buildRoles = () => simpleTable($("roles-mount"), "Roles", RO, [
    { label: "Role", width: "minmax(0,2fr)", get: (i) => RO[i].name, sort: (i) => RO[i].name.toLowerCase(), sub: (i) => plural(RO[i].holders, "holder", "holders") + ", " + num(RO[i].external_holders) + " external · " + plural(RO[i].permissions, "permission", "permissions") },
    { label: "Made", width: "90px", lo: true, get: (i) => !RO[i].known ? "not read" : RO[i].built_in ? "built in" : "custom", sort: (i) => RO[i].built_in ? 0 : 1 },
    { label: "Permissions", width: "92px", cls: "r", lo: true, down: true, get: (i) => RO[i].admin ? "all" : num(RO[i].permissions), sort: (i) => RO[i].permissions },
    { label: "Elevated", width: "76px", cls: "r", lo: true, down: true, get: (i) => num(RO[i].elevated), sort: (i) => RO[i].elevated },
    { label: "Wildcards", width: "minmax(0,1.4fr)", lo: true, get: (i) => RO[i].wildcards.join(", "), sort: (i) => -RO[i].wildcards.length },
    { label: "Holders", width: "76px", cls: "r", lo: true, down: true, get: (i) => num(RO[i].holders), sort: (i) => RO[i].holders },
    { label: "External", width: "76px", cls: "r", lo: true, down: true, get: (i) => num(RO[i].external_holders), sort: (i) => RO[i].external_holders },
    { label: "Assigned in", width: "minmax(0,1fr)", lo: true, get: (i) => assigned(RO[i]), sort: (i) => RO[i].everywhere ? -1e9 : -RO[i].divisions },
  ], (i) => { location.hash = "role/" + enc(RO[i].id); }, (r) => [r.name, r.id, r.wildcards.join(" "), r.tenants.join(" ")].join(" "));
  const assigned = (r) => [r.everywhere ? "all divisions" : "", r.divisions ? plural(r.divisions, "division", "divisions") : ""].filter((s) => s).join(" and ") || "nowhere";
  function showRole(id) {
    const r = RO.find((x) => x.id === id);
    if (!r) { openPanel("No such role", [text("p", "", "This report does not list " + id + ".")]); return; }
    openPanel(r.name, [facts([
      ["Id", code(r.id)], ["Made", !r.known ? "not read: it may carry everything" : r.built_in ? "built into the platform" : "custom"], ["Based on", r.based_on],
      ["Inherits from", r.inherits.join(", ")], ["Permissions", r.admin ? "all (General > Admin)" : num(r.permissions) + (r.narrowed ? ", " + num(r.narrowed) + " of them only with a scope or condition" : "")],
      ["Elevated", num(r.elevated)], ["Holders", num(r.holders) + " live, " + num(r.external_holders) + " of external tenants"], ["Tenants of holders", r.tenants.join(", ") || "none"], ["Assignments", num(r.grants) + ", in " + assigned(r)],
    ]), r.wildcards.length ? text("h3", "", "Wildcards") : null, r.wildcards.length ? chips(r.wildcards, 50, code) : null, ...holdersOf(RO.indexOf(r)), ...givesOf(r)]);
  }
  function holdersOf(n) {
    const list = [];
    CLS.forEach((c, k) => { const h = c.holds.find((x) => x[0] === n); if (h) list.push([k, h]); });
    if (!list.length) return [];
    const rows = list.map(([k, h]) => [link("class/" + CLS[k].n, T[CLS[k].tenant].name + ", " + kindName(CLS[k].kind)), num(CLS[k].total), whoOf(CLS[k]), where(h)]);
    return [text("h3", "", "Holders, by class of equal access"), moreTable(["Class", "Principals", "Who", "Assigned in"], rows, 30, 1)];
  }
  function givesOf(r) {
    if (r.admin) return [text("h3", "", "Permissions"), text("p", "", "All, also those that the platform adds later.")];
    if (!r.gives.length) return [];
    const list = r.gives.slice().sort((a, b) => ((b & 2) - (a & 2)) || (S[a >> 2] < S[b >> 2] ? -1 : 1));
    return [text("h3", "", "Permissions, elevated first"), chips(list, 60, (g) => el("span", { cls: "perm" + (g & 2 ? " elevated" : "") }, code(S[g >> 2]), g & 2 ? text("small", "", "elevated") : null, g & 1 ? text("small", "", "narrowed") : null))];
  }
  const buildClients = () => simpleTable($("clients-mount"), "OAuth clients", CL, [
    { label: "Client", width: "minmax(0,1.5fr)", get: (i) => CL[i].name, sort: (i) => CL[i].name.toLowerCase(), sub: (i) => CL[i].tenant + " · " + CL[i].type + " · " + CL[i].state },
    { label: "Tenant", width: "minmax(0,1fr)", lo: true, get: (i) => CL[i].tenant, sort: (i) => CL[i].tenant },
    { label: "Grant type", width: "minmax(0,1.2fr)", lo: true, get: (i) => CL[i].type + (CL[i].delegated ? " (delegated)" : ""), sort: (i) => CL[i].type },
    { label: "State", width: "76px", lo: true, get: (i) => CL[i].state, sort: (i) => CL[i].state },
    { label: "Token lifetime", width: "100px", cls: "r", lo: true, down: true, get: (i) => CL[i].token, sort: (i) => CL[i].seconds },
    { label: "Created", width: "88px", lo: true, get: (i) => day(CL[i].created) || "not known", sort: (i) => CL[i].created },
    { label: "Role assignments", width: "minmax(0,2fr)", lo: true, get: (i) => CL[i].roles, sort: (i) => CL[i].roles },
    { label: "Elevated", width: "76px", cls: "r", lo: true, down: true, get: (i) => num(CL[i].elevated), sort: (i) => CL[i].elevated },
  ], (i) => { location.hash = "client/" + enc(CL[i].id); }, (c) => [c.name, c.id, c.tenant, c.type, c.roles].join(" "));
  function showClient(id) {
    const c = CL.find((x) => x.id === id);
    if (!c) { openPanel("No such client", [text("p", "", "This report does not list " + id + ".")]); return; }
    openPanel(c.name, [facts([
      ["Id", code(c.id)], ["Tenant", c.tenant], ["Grant type", c.type], ["State", c.state], ["Access", c.delegated ? "delegated: acts as whoever signs in" : "its own"],
      ["Token lifetime", c.token], ["Created", day(c.created) || "not known"], ["Modified", day(c.modified)], ["Created by", c.by], ["Role assignments", c.roles || "none"], ["Elevated permissions", num(c.elevated)],
      ["Scopes", c.scopes.join(", ") || "none"], ["Redirect addresses", c.redirects.join(", ")],
    ]), el("p", {}, link("principal/" + enc(c.id), "Findings, and what it can do"))]);
  }

  // ---- classes of equal access ------------------------------------------------
  const CLS = D.classes, clsAt = new Map(CLS.map((c, i) => [c.n, i]));
  const classNo = (n) => CLS[clsAt.get(n)];
  for (const c of CLS) for (let k = 1; k < c.members.length; k++) c.members[k] += c.members[k - 1];
  const whoOf = (c) => c.members.slice(0, 3).map(pName).join(", ") + (c.total > 3 ? ", and " + num(c.total - 3) + " more" : "");
  const where = (h) => h.slice(3).map((d) => S[d]).join(", ") + (h[2] > h.length - 3 ? ", and " + num(h[2] - h.length + 3) + " more" : "") + (h[1] ? " (through a group that is not role-enabled)" : "");
  const clsRoles = (c) => c.holds.map((h) => RO[h[0]].name + " in " + where(h)).join("; ");
  const reachesOf = (c) => c.reaches.map((r) => T[r[0]].name).join(", ");
  function moreTable(heads, rows, shown, ...right) {
    const tb = el("tbody"), cls = (i) => right.includes(i) ? "r" : "";
    const add = (list) => { for (const r of list) tb.append(el("tr", {}, r.map((v, i) => v instanceof Node ? el("td", { cls: cls(i) }, v) : text("td", cls(i), v)))); };
    add(rows.slice(0, shown));
    const box = el("div", {}, el("div", { cls: "scroll" }, el("table", { cls: "plain" }, el("thead", {}, el("tr", {}, heads.map((h, i) => el("th", { scope: "col", cls: cls(i) }, h)))), tb)));
    if (rows.length > shown) { const b = el("button", { type: "button", on: { click: () => { b.remove(); add(rows.slice(shown)); } } }, "Show " + num(rows.length - shown) + " more"); box.append(b); }
    return box;
  }
  const holdTable = (c) => moreTable(["Role", "Assigned in", "Permissions", "Elevated"], c.holds.map((h) => [link("role/" + enc(RO[h[0]].id), RO[h[0]].name), where(h), RO[h[0]].admin ? "all" : num(RO[h[0]].permissions), num(RO[h[0]].elevated)]), 25, 2, 3);
  const buildAccess = () => simpleTable($("access-mount"), "Classes of equal access", CLS, [
    { label: "Class", width: "64px", cls: "r", lo: true, get: (i) => num(CLS[i].n), sort: (i) => CLS[i].n },
    { label: "Tenant", width: "minmax(0,.8fr)", get: (i) => T[CLS[i].tenant].name, sort: (i) => T[CLS[i].tenant].name, sub: (i) => plural(CLS[i].total, kindName(CLS[i].kind), kindName(CLS[i].kind) + "s") + " · " + clsRoles(CLS[i]) },
    { label: "Kind", width: "104px", lo: true, get: (i) => kindName(CLS[i].kind), sort: (i) => S[CLS[i].kind] },
    { label: "Principals", width: "80px", cls: "r", lo: true, down: true, get: (i) => num(CLS[i].total), sort: (i) => CLS[i].total },
    { label: "Who", width: "minmax(0,1.2fr)", lo: true, get: (i) => whoOf(CLS[i]) },
    { label: "Roles, and where", width: "minmax(0,2.2fr)", lo: true, get: (i) => clsRoles(CLS[i]) },
    { label: "Permissions", width: "88px", cls: "r", lo: true, down: true, get: (i) => num(CLS[i].permissions), sort: (i) => CLS[i].permissions },
    { label: "Elevated", width: "70px", cls: "r", lo: true, down: true, get: (i) => CLS[i].elevated ? num(CLS[i].elevated) : "", sort: (i) => CLS[i].elevated },
    { label: "Reaches", width: "minmax(0,1.1fr)", lo: true, down: true, get: (i) => reachesOf(CLS[i]), sort: (i) => CLS[i].reaches.length },
  ], (i) => { location.hash = "class/" + CLS[i].n; }, (c) => [T[c.tenant].name, kindName(c.kind), clsRoles(c), "reaches " + reachesOf(c), whoOf(c)].join(" "));
  function showClass(id) {
    const c = classNo(+id);
    if (!c) { openPanel("No such class", [text("p", "", "This report does not list class " + id + ".")]); return; }
    const kids = [facts([
      ["Tenant", tenantLink(c.tenant)], ["Kind", kindName(c.kind)], ["Live principals", num(c.total)],
      ["Permissions", num(c.permissions) + " anywhere, " + num(c.elevated) + " of them elevated"],
    ]), text("h3", "", "Roles, and where they are assigned"), holdTable(c)];
    if (c.reaches.length) kids.push(text("h3", "", "Other tenants that it reaches"), moreTable(["Tenant", "Reach", "Permissions"], c.reaches.map((r) => [link("cell/" + enc(T[c.tenant].name) + "/" + enc(T[r[0]].name), T[r[0]].name), REACH[r[1]], r[2] ? num(r[2]) : "?"]), 30, 2));
    else kids.push(text("p", "muted", "It was not found to reach another tenant through divisions."));
    kids.push(text("h3", "", c.total === 1 ? "Member" : num(c.total) + " members"), chips(c.members, 60, personButton));
    if (c.total > c.members.length) kids.push(text("p", "muted", num(c.total - c.members.length) + " more are in the workbook (Principals, column Class)."));
    openPanel("Class " + num(+id) + " of " + T[c.tenant].name, kids);
  }

  // ---- escalation --------------------------------------------------------------
  const W = D.ways;
  let wTable, wVertex = -1;
  function buildEscalation() {
    if (!W.length) return null;
    const goal = (w) => !w.to.length ? "everything" : (w.to.length > 1 ? num(w.to.length) + " tenants: " : "") + w.to.map((t) => T[t].name).join(", ");
    wTable = simpleTable($("escalation-mount"), "Ways to everything and into other tenants", W, [
      { label: "Who", width: "minmax(0,1.1fr)", get: (i) => S[W[i].name] + (W[i].alike ? " + " + num(W[i].alike) + " alike" : ""), sort: (i) => S[W[i].name].toLowerCase(), sub: (i) => T[W[i].tenant].name + " → " + goal(W[i]) + " · " + S[W[i].text] },
      { label: "Tenant", width: "minmax(0,.7fr)", lo: true, get: (i) => T[W[i].tenant].name + (T[W[i].tenant].external ? " (external)" : ""), sort: (i) => T[W[i].tenant].name },
      { label: "Leads to", width: "minmax(0,.7fr)", lo: true, get: (i) => goal(W[i]), sort: (i) => goal(W[i]).toLowerCase() },
      { label: "Steps", width: "60px", cls: "r", lo: true, get: (i) => num(W[i].hops), sort: (i) => W[i].hops },
      { label: "Certainty", width: "96px", lo: true, get: (i) => W[i].certainty, sort: (i) => W[i].certainty },
      { label: "How", width: "minmax(0,3fr)", lo: true, get: (i) => S[W[i].text], sort: (i) => S[W[i].text] },
    ], (i) => { location.hash = "path/" + (i + 1); }, (w) => [S[w.name], T[w.tenant].name, goal(w), S[w.text], w.certainty].join(" "), (w) => wVertex < 0 || w.v.includes(wVertex));
    for (const g of document.querySelectorAll("#net .v")) {
      const v = +g.dataset.v;
      g.setAttribute("tabindex", "0");
      g.setAttribute("role", "button");
      g.setAttribute("aria-label", [D.vertices[v].kind, D.vertices[v].name, D.vertices[v].tenant].filter((s) => s).join(" "));
      g.setAttribute("aria-pressed", "false");
      g.addEventListener("click", () => pick(v));
      g.addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { pick(v); e.preventDefault(); } });
    }
    return wTable;
  }
  // pick shows only the ways through one vertex, in the picture and in the list.
  function pick(v) {
    wVertex = wVertex === v ? -1 : v;
    const on = new Set(), steps = new Set();
    for (const w of W) if (wVertex < 0 || w.v.includes(wVertex)) w.v.forEach((x, k) => { on.add(x); if (k) steps.add(w.v[k - 1] + "-" + x); });
    for (const g of document.querySelectorAll("#net .v")) { g.classList.toggle("off", !on.has(+g.dataset.v)); g.setAttribute("aria-pressed", String(+g.dataset.v === wVertex)); }
    for (const g of document.querySelectorAll("#net [data-from]")) g.classList.toggle("off", !steps.has(g.dataset.from + "-" + g.dataset.to));
    wTable.filter();
  }
  function showPath(id) {
    const w = W[+id - 1];
    if (!w) { openPanel("No such way", [text("p", "", "This report does not list way " + id + ".")]); return; }
    openPanel(S[w.name] + (!w.to.length ? " to everything" : w.to.length > 1 ? " into " + num(w.to.length) + " tenants" : " into " + T[w.to[0]].name), [
      w.to.length ? el("p", {}, "The way leads to a principal, or to access to data, of ", ...w.to.flatMap((t, k) => k ? [", ", tenantLink(t)] : [tenantLink(t)]), ".") : null,
      facts([["Principal", w.from >= 0 ? link("principal/" + enc(P.id[w.from]), S[w.name]) : S[w.name]], ["Tenant", tenantLink(w.tenant)], ["Others alike", num(w.alike)], ["Steps", num(w.hops)], ["Certainty", w.certainty]]),
      text("h3", "", "In short"), text("p", "", S[w.text]), text("h3", "", "Step by step"), chain({ links: w.chain }, true),
      el("p", {}, code("grantgraph paths " + shell(w.from >= 0 ? (S[P.kind[w.from]] === "oauth_client" ? "client" : S[P.kind[w.from]]) + ":" + P.id[w.from] : T[w.tenant].name) + (w.to.length ? " " + shell("tenant:" + T[w.to[0]].name) : " total") + " --all")),
    ]);
  }

  // ---- matrix ------------------------------------------------------------------------
  function showCell(from, to) {
    const a = T.findIndex((t) => t.name === from), b = T.findIndex((t) => t.name === to);
    const c = D.matrix.find((x) => x.from === a && x.to === b);
    if (!c) { openPanel(from + " → " + to, [text("p", "", "No live principal of " + from + " was found to reach " + to + ".")]); return; }
    const kids = [facts([
      ["Through divisions", plural(c.principals, "live principal", "live principals") + (c.principals ? ", widest reach " + REACH[c.widest] : "")],
      ["Covered by allow entries", num(c.allowed) + " of " + num(c.principals)],
      ["Organization-wide", c.wide ? plural(c.wide, "principal", "principals") + " by permissions that no division limits" : "nobody"],
    ])];
    if (c.through.length) {
      kids.push(text("h3", "", "Why: the role assignments they come through"));
      const tb = el("tbody");
      for (const t of c.through) tb.append(el("tr", {}, text("td", "r", num(t[3])), text("td", "", S[t[0]] + " in " + S[t[1]] + (t[2] ? " through group " + S[t[2]] : ""))));
      kids.push(el("table", { cls: "plain" }, el("thead", {}, el("tr", {}, el("th", { scope: "col", cls: "r" }, "Principals"), el("th", { scope: "col" }, "Role assignment"))), tb));
      if (c.moreThrough) kids.push(text("p", "muted", plural(c.moreThrough, "further assignment.", "further assignments.")));
    }
    if (c.principals) {
      kids.push(text("h3", "", "Who"));
      kids.push(holderTable(c));
      if (c.principals > c.who.length / 4) kids.push(text("p", "muted", num(c.principals - c.who.length / 4) + " more are in the workbook (Who can see)."));
      kids.push(el("p", {}, code("grantgraph who can see " + shell("tenant:" + to) + " --from " + shell(from) + " --permissions --reasons one")));
    }
    kids.push(...permissions(c.permissions, "through divisions"), ...permissions(c.widePermissions, "that no division limits"));
    const named = F.map((f, n) => n).filter((n) => current(F[n]) && F[n].tenants.includes(a) && F[n].tenants.includes(b));
    if (named.length) kids.push(text("h3", "", "Findings that name both"), findingList(named));
    openPanel(from + " → " + to, kids);
  }
  function findingList(list) {
    const out = el("div");
    for (const n of list.slice(0, 50)) out.append(el("div", { cls: "meta" }, sevTag(F[n].severity), link("finding/" + F[n].fp, R[F[n].rule].id + " " + S[F[n].title]), text("span", "muted", F[n].status)));
    if (list.length > 50) out.append(text("p", "muted", num(list.length - 50) + " more."));
    return out;
  }
  function showTenant(name) {
    const t = T.findIndex((x) => x.name === name);
    if (t < 0) { openPanel("No such tenant", [text("p", "", "This report has no tenant " + name + ".")]); return; }
    const v = T[t].verdict, kids = [];
    if (v) kids.push(text("p", "standing big st-" + v.standing, v.words), text("p", "", v.sentence));
    kids.push(facts([["Kind", T[t].external ? "external" : "internal"], ["Owner", T[t].owner], ["Live principals", num(T[t].members)], ["Divisions", T[t].divisions.join(", ") || "none"]]));
    const cells = (mine, other) => D.matrix.filter((c) => c[mine] === t && c.from !== c.to).sort((x, y) => y.principals - x.principals)
      .map((c) => [link("cell/" + enc(T[c.from].name) + "/" + enc(T[c.to].name), T[c[other]].name), num(c.principals), num(c.allowed), c.principals ? REACH[c.widest] : "–", num(c.wide)]);
    const heads = ["Principals", "Allowed", "Widest", "Organization-wide"];
    const into = cells("to", "from"), out = cells("from", "to");
    kids.push(text("h3", "", "Who reaches it"), into.length ? moreTable(["From"].concat(heads), into, 30, 1, 2, 4) : text("p", "", v ? "Nobody of another tenant was found." : "It has no divisions to reach."));
    kids.push(text("h3", "", "Whom its principals reach"), out.length ? moreTable(["To"].concat(heads), out, 30, 1, 2, 4) : text("p", "", "No other tenant was found."));
    if (v && v.unknown.length) kids.push(text("h3", "", "Not known"), el("ul", {}, v.unknown.map((u) => text("li", "", u))));
    const mine = F.map((f, n) => n).filter((n) => current(F[n]) && F[n].tenants.includes(t));
    kids.push(text("h3", "", mine.length ? plural(mine.length, "finding", "findings") : "No finding names it"), mine.length ? findingList(mine) : null);
    openPanel(name, kids);
  }
  function permissions(list, how) {
    if (!list.length) return [];
    const pairs = [];
    for (let k = 0; k < list.length; k += 2) pairs.push([S[list[k]], S[list[k + 1]]]);
    return [text("h3", "", "With " + plural(pairs.length, "permission", "permissions") + " " + how), chips(pairs, 30, (p) => el("span", { cls: "perm" }, code(p[0]), text("small", "", p[1])))];
  }
  function holderTable(c) {
    const tb = el("tbody");
    const rows = [];
    for (let k = 0, p = 0; k < c.who.length; k += 4) { p += c.who[k]; rows.push([p, c.who[k + 1], c.who[k + 2], c.who[k + 3]]); }
    const add = (from, to) => {
      for (const [p, reach, n, via] of rows.slice(from, to)) tb.append(el("tr", {}, el("td", {}, el("a", { href: "#principal/" + enc(P.id[p]) }, pName(p)), " ", text("small", "", S[P.kind[p]].replaceAll("_", " "))), text("td", "w", REACH[reach]), text("td", "r", n ? num(n) : "?"), text("td", "", S[via])));
    };
    add(0, 50);
    const t = el("div", {}, el("div", { cls: "scroll" }, el("table", { cls: "plain" }, el("thead", {}, el("tr", {}, ["Principal", "Reach", "Permissions", "Through"].map((h, i) => el("th", { scope: "col", cls: i === 2 ? "r" : "" }, h)))), tb)));
    if (rows.length > 50) { const b = el("button", { type: "button", on: { click: () => { b.remove(); add(50, rows.length); } } }, "Show " + num(rows.length - 50) + " more"); t.append(b); }
    return t;
  }

  // ---- where the reader is ---------------------------------------------------------------
  const views = ["overview", "findings", "access", "principals", "roles", "clients", "escalation", "coverage", "about"];
  const places = ["tenants", "since", "unknown"]; // of the overview
  const built = {};
  const build = { access: buildAccess, escalation: buildEscalation, findings: buildFindings, principals: buildPrincipals, roles: buildRoles, clients: buildClients };
  const tables = {};
  function view(name) {
    for (const v of views) $("view-" + v).hidden = v !== name;
    for (const a of document.querySelectorAll(".tabs a")) a.dataset.view === name ? a.setAttribute("aria-current", "page") : a.removeAttribute("aria-current");
    if (build[name] && !built[name]) { built[name] = true; tables[name] = build[name](); }
    if (name === "findings" && fTable) fTable.shown();
    if (name === "principals" && pTable) pTable.shown();
    if (tables[name]) tables[name].shown();
    base = name;
  }
  const currentView = () => views.find((v) => !$("view-" + v).hidden) || "overview";
  function route() {
    const raw = location.hash.slice(1), cut = raw.indexOf("?");
    const path = cut < 0 ? raw : raw.slice(0, cut), slash = path.indexOf("/");
    const head = slash < 0 ? path : path.slice(0, slash), rest = slash < 0 ? "" : path.slice(slash + 1);
    if (head === "main") return;
    if (places.includes(head) && $(head)) { closePanel(); view("overview"); $(head).scrollIntoView(); $(head).focus({ preventScroll: true }); return; }
    if (rest === "") {
      closePanel();
      view(views.includes(head) ? head : "overview");
      if (head === "findings" && cut >= 0) {
        const f = {};
        for (const part of raw.slice(cut + 1).split("&")) { const eq = part.indexOf("="); if (eq > 0) f[part.slice(0, eq)] = dec(part.slice(eq + 1)); }
        setFilter(f);
      }
      scrollTo(0, 0);
      return;
    }
    const home = { finding: "findings", matrix: "overview", cell: "overview", tenant: "overview", class: "access", path: "escalation", principal: "principals", role: "roles", client: "clients" }[head];
    if (!home) { view("overview"); return; }
    view(started ? currentView() : home);
    if (head === "finding") showFinding(dec(rest));
    else if (head === "tenant") showTenant(dec(rest));
    else if (head === "class") showClass(dec(rest));
    else if (head === "path") showPath(dec(rest));
    else if (head === "matrix" || head === "cell") { const at = rest.indexOf("/"); showCell(dec(rest.slice(0, at)), dec(rest.slice(at + 1))); }
    else if (head === "principal") showPrincipal(dec(rest));
    else if (head === "role") showRole(dec(rest));
    else showClient(dec(rest));
  }
  let started = false;
  addEventListener("hashchange", route);
  for (const a of document.querySelectorAll("a[role=button]")) a.addEventListener("keydown", (e) => { if (e.key === " ") { a.click(); e.preventDefault(); } });

  // On paper every finding is told in short: a list that scrolls has no place there.
  const paperLimit = 400;
  addEventListener("beforeprint", () => {
    const out = [text("h2", "", "Findings")];
    const told = F.filter(current);
    told.slice(0, paperLimit).forEach((f) => out.push(el("div", { cls: "pf" }, el("p", {}, sevTag(f.severity), " ", text("b", "", R[f.rule].id + " " + S[f.title]), " ", code(f.fp)), text("p", "", f.message), text("p", "", "Fix: " + R[f.rule].fix))));
    if (told.length > paperLimit) out.push(text("p", "", num(told.length - paperLimit) + " more findings are in the workbook."));
    $("print-findings").replaceChildren(...out);
  });

  route();
  started = true;
  document.documentElement.dataset.ready = "1";
})();
