/// The style of all pages: system fonts, no external resource, colours with at least AA contrast in light and dark.
enum PageStyle {
    static let css: HTML = #"""

        :root {
          color-scheme: light dark;
          --ground: #eef2f6; --paper: #ffffff; --ink: #16212e; --soft: #4c5a6b; --line: #d3dbe4;
          --accent: #0a4f8f; --accent-strong: #083c6d; --on-accent: #ffffff; --tint: #e6f0f9;
          --warn-ground: #fff4d9; --warn-line: #b77900; --bad-ground: #fdecec; --bad-line: #b3261e;
          --good-ground: #e5f4ea; --good-line: #1b7a3d; --focus: #b35900;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #0e151d; --paper: #18222d; --ink: #edf2f7; --soft: #b0bfce; --line: #33424f;
            --accent: #8ec5ff; --accent-strong: #b5d9ff; --on-accent: #06223d; --tint: #1b3047;
            --warn-ground: #352a10; --warn-line: #e3ad3c; --bad-ground: #3b1d1d; --bad-line: #ff9d94;
            --good-ground: #163324; --good-line: #78d69b; --focus: #ffb454;
          }
        }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink);
          font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif;
        }
        h1, h2, h3, p, ol, dl, dd, form { margin: 0; }
        h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.015em; }
        h2 { font-size: 1.25rem; line-height: 1.3; letter-spacing: -0.005em; }
        h3 { font-size: 1.1rem; line-height: 1.35; }
        a { color: var(--accent); text-underline-offset: 0.2em; }
        a:hover { color: var(--accent-strong); }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: 4px; }
        .mood h1 { font-size: 1.5rem; }
        .bar { background: var(--paper); border-bottom: 1px solid var(--line); border-top: 4px solid var(--accent); }
        .row {
          max-width: 64rem; min-height: 3.65rem; margin: 0 auto; padding: 0.6rem 1.5rem; display: flex; align-items: center;
          justify-content: space-between; gap: 1rem;
        }
        .brand { display: flex; align-items: center; gap: 0.6rem; font-weight: 700; font-size: 1.15rem; }
        .brand svg { color: var(--accent); }
        .hole { fill: var(--paper); }
        .language { display: inline-block; padding: 0.4rem 0.2rem; }
        main { max-width: 64rem; margin: 0 auto; padding: 2.25rem 1.5rem 3rem; }
        .narrow { max-width: 41rem; margin: 0 auto; }
        .soft { color: var(--soft); }
        #remember-offer { margin-top: 1.25rem; }
        .small { font-size: 0.94rem; }
        .who {
          margin: 1.25rem 0 1.75rem; padding: 0.2rem 0 0.2rem 1.1rem; border-left: 4px solid var(--accent);
          overflow-wrap: anywhere;
        }
        .who strong { display: block; font-size: 1.35rem; line-height: 1.3; }
        .host {
          display: inline-flex; align-items: center; gap: 0.4rem;
          font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace;
          font-size: 0.95rem;
        }
        .host svg { flex: none; }
        .badge {
          display: inline-block; min-width: 1.9em; padding: 0.05em 0.4em; border-radius: 6px; background: var(--accent);
          color: var(--on-accent); font-weight: 700; text-align: center;
        }
        .logo {
          display: block; width: auto; height: auto; max-width: min(100%, 12rem); max-height: 4rem; margin-bottom: 0.75rem;
          padding: 0.35rem; border-radius: 6px; background: #ffffff; object-fit: contain;
        }
        .imprint { margin: 1.25rem 0 0; padding: 0; list-style: none; overflow-wrap: anywhere; }
        .lead { margin-bottom: 1.1rem; }
        .lead p { margin-top: 0.3rem; }
        .card {
          background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.75rem;
          box-shadow: 0 1px 2px rgb(10 30 50 / 6%), 0 8px 24px rgb(10 30 50 / 5%);
        }
        .card > * + * { margin-top: 0.9rem; }
        .ways { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 3fr); gap: 1.5rem; align-items: stretch; }
        .here { order: 2; display: flex; flex-direction: column; }
        .there { order: 1; }
        .scan { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: center; }
        .scan ol { flex: 1 1 9rem; padding: 0; list-style: none; counter-reset: step; }
        .scan li { counter-increment: step; padding-left: 2.5rem; position: relative; }
        .scan li + li { margin-top: 0.9rem; }
        .scan li::before {
          content: counter(step); position: absolute; left: 0; top: -0.1rem; width: 1.75rem; height: 1.75rem;
          border-radius: 50%; background: var(--tint); color: var(--accent); font-weight: 700; font-size: 0.95rem;
          line-height: 1.75rem; text-align: center;
        }
        .qr {
          flex: 0 1 18.5rem; width: 18.5rem; aspect-ratio: 1; background: #fff; border: 1px solid var(--line);
          border-radius: 10px; padding: 0; overflow: hidden;
        }
        .qr svg { display: block; width: 100%; height: 100%; }
        .button {
          display: flex; align-items: center; justify-content: center; min-height: 3.25rem; width: 100%;
          padding: 0.7rem 1.4rem; border: 2px solid var(--accent); border-radius: 10px; background: var(--accent);
          color: var(--on-accent); font: inherit; font-weight: 650; text-decoration: none; text-align: center;
          cursor: pointer;
        }
        .button:hover { background: var(--accent-strong); border-color: var(--accent-strong); color: var(--on-accent); }
        .quiet {
          padding: 0.6rem 0; border: 0; background: none; color: var(--accent); font: inherit;
          text-decoration: underline; text-underline-offset: 0.2em; cursor: pointer;
        }
        .quiet:hover { color: var(--accent-strong); }
        .here .button { margin-top: auto; }
        label { display: block; font-weight: 650; }
        .digits {
          display: block; width: 100%; max-width: 17rem; margin-top: 0.4rem; padding: 0.5rem 0.75rem;
          border: 2px solid var(--soft); border-radius: 10px; background: var(--paper); color: var(--ink);
          font: 600 2rem/1.3 ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace;
          letter-spacing: 0.12em; font-variant-numeric: tabular-nums;
        }
        .digits[aria-invalid] { border-color: var(--bad-line); }
        .code .button { max-width: 17rem; margin-top: 1.1rem; }
        .note { padding: 0.8rem 1rem; border-left: 4px solid var(--warn-line); background: var(--warn-ground);
          border-radius: 0 8px 8px 0; }
        .bad { border-color: var(--bad-line); background: var(--bad-ground); }
        .mood { display: flex; gap: 1.25rem; align-items: flex-start; }
        .card.mood > * { margin-top: 0; }
        .says { flex: 1; }
        .says > * + * { margin-top: 0.5rem; }
        .says .button { margin-top: 1rem; max-width: 20rem; }
        .sign {
          flex: none; width: 3.25rem; height: 3.25rem; padding: 0.7rem; border-radius: 50%;
          background: var(--tint); color: var(--accent);
        }
        .sign.is-good { background: var(--good-ground); color: var(--good-line); }
        .sign.is-bad { background: var(--bad-ground); color: var(--bad-line); }
        .sign svg { display: block; width: 100%; height: 100%; }
        .pulse { animation: pulse 2.4s ease-in-out infinite; }
        @keyframes pulse { 50% { opacity: 0.55; } }
        .foot {
          display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; align-items: center; justify-content: space-between;
          margin-top: 1.25rem;
        }
        #code-hint { margin-top: 0.6rem; }
        .places { margin: 1.25rem 0 0; padding: 0; list-style: none; display: grid; gap: 1rem; }
        .places .button { max-width: 17rem; }
        .time { display: inline-block; margin-left: 0.75rem; padding-left: 0.75rem; border-left: 1px solid var(--soft); line-height: 1.2; font-variant-numeric: tabular-nums; }
        code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "DejaVu Sans Mono", monospace; }
        @media (max-width: 40rem) {
          h1 { font-size: 1.55rem; }
          .row { padding: 0.4rem 1rem; }
          main { padding: 1.4rem 1rem 2rem; }
          .who { margin: 1rem 0 1.25rem; }
          .card { padding: 1.25rem; }
          .ways { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
          .here { order: 1; }
          .there { order: 2; }
          .here .button { min-height: 4rem; font-size: 1.15rem; margin-top: 0.9rem; }
          .scan { justify-content: center; }
          .scan ol { flex-basis: 100%; }
          .digits, .code .button, .says .button { max-width: none; }
          .mood { flex-direction: column; }
          .says { width: 100%; }
          .time { margin-left: 0; padding-left: 0; border-left: 0; }
        }
        @media (prefers-reduced-motion: reduce) { .pulse { animation: none; } }
        @media (forced-colors: active) { .button, .qr { border-color: CanvasText; } }

        """#
}
