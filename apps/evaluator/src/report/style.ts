/** The report's whole look; no outside font, script or picture. */
export const style = `
:root { --ink: #1c1c22; --soft: #5a5a66; --line: #e4e2e8; --accent: #7a2a6b; --wash: #faf7fa; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: white; color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 80px; }
header { border-bottom: 3px solid var(--accent); padding-bottom: 16px; margin-bottom: 28px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 6px; }
h2 { font-size: 21px; margin: 48px 0 10px; }
h3 { font-size: 16px; margin: 26px 0 8px; }
p { max-width: 76ch; margin: 8px 0; }
.soft { color: var(--soft); }
.lead { font-size: 18px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 12px; margin: 20px 0; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; background: var(--wash); }
.card b { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card .name { font-weight: 600; }
.card .range, .card .means { font-size: 13px; color: var(--soft); display: block; line-height: 1.4; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); gap: 20px; align-items: start; }
.plots svg { max-width: 100%; height: auto; }
.gallery { display: flex; flex-wrap: wrap; gap: 18px; }
figure { margin: 0; }
.example img { display: inline-block; width: 158px; height: 158px; border-radius: 3px; }
.example .views { display: flex; gap: 4px; }
.example figcaption { font-size: 13px; color: var(--soft); font-variant-numeric: tabular-nums; }
.legend { display: flex; align-items: center; gap: 10px; font-size: 13px; color: var(--soft); margin: 12px 0; }
.legend img { height: 28px; width: 260px; }
table { border-collapse: collapse; font-size: 14px; margin: 12px 0; }
td, th { text-align: left; padding: 4px 18px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.numbers td span { display: block; font-size: 12px; white-space: nowrap; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; background: var(--wash); padding: 1px 4px; border-radius: 3px; }
.note { border-left: 3px solid var(--accent); background: var(--wash); padding: 10px 16px; margin: 18px 0; }
@media print { main { max-width: none; padding: 0; } h2 { break-after: avoid; } figure, .card { break-inside: avoid; } }
`;
