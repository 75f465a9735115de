/// The style of every page: system fonts, light and dark, from a small phone to a wide screen.
///
/// Text has a contrast of at least 4.5:1 on its ground in both schemes (WCAG 2.2, 1.4.3).
enum Stylesheet {
    static let css = """
        :root {
          color-scheme: light dark;
          --ground: #f4f6f7; --surface: #ffffff; --text: #17242b; --soft: #4d5f69; --line: #d5dde1;
          --accent: #0a5468; --accent-strong: #073d4c; --on-accent: #ffffff; --wave: #54b3c4;
          --hero: #e3f0f3; --amber: #fff1cf; --amber-text: #6b4300; --focus: #c2410c;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #10181c; --surface: #182328; --text: #e8eff2; --soft: #a9bac3; --line: #31424a;
            --accent: #7fd0e0; --accent-strong: #a9e2ed; --on-accent: #06222a; --wave: #2b7f91;
            --hero: #17303a; --amber: #43310b; --amber-text: #ffdf9a; --focus: #ffb067;
          }
        }
        *, *::before, *::after { box-sizing: border-box; }
        html { font: 100%/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
        body {
          margin: 0; min-height: 100vh; display: flex; flex-direction: column;
          background: var(--ground); color: var(--text);
        }
        a { color: var(--accent); text-underline-offset: .2em; }
        a:hover { color: var(--accent-strong); }
        :focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: 4px; }
        main:focus { outline: none; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: .75rem; z-index: 1; padding: .5rem 1rem; background: var(--surface); }
        .top { background: var(--surface); border-bottom: 1px solid var(--line); }
        .bar, main, .foot { width: 100%; max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
        .bar { display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 4.5rem; }
        .brand { display: flex; align-items: center; gap: .75rem; color: var(--text); text-decoration: none; }
        .brand strong { display: block; font-size: 1.1rem; line-height: 1.25; }
        .sub { display: block; font-size: .875rem; line-height: 1.25; color: var(--soft); }
        .shield { fill: var(--accent); }
        .wave { fill: var(--wave); }
        .lang { display: inline-block; padding: .5rem 0; }
        main { flex: 1; padding-top: 2rem; padding-bottom: 3rem; }
        h1 { margin: 0 0 .5rem; font-size: clamp(1.7rem, 1.2rem + 2.4vw, 2.6rem); line-height: 1.2; letter-spacing: -.01em; }
        h2 { margin: 0 0 1rem; font-size: 1.3rem; line-height: 1.3; }
        h3 { margin: .75rem 0 .25rem; font-size: 1.05rem; line-height: 1.35; }
        p { margin: 0 0 1rem; }
        .lead { max-width: 38rem; font-size: 1.125rem; color: var(--soft); }
        .hero { margin-bottom: 2.5rem; padding: clamp(1.5rem, 5vw, 3.25rem); border-radius: 1.25rem; background: var(--hero); }
        .hero .lead { color: var(--text); }
        .hint { margin: 1rem 0 0; font-size: .9375rem; color: var(--text); }
        .button {
          display: inline-block; min-height: 3rem; padding: .7rem 1.75rem; border: 1px solid transparent;
          border-radius: .75rem; background: var(--accent); color: var(--on-accent);
          font: inherit; font-weight: 600; text-decoration: none; cursor: pointer;
        }
        .button:hover { background: var(--accent-strong); color: var(--on-accent); }
        .quiet { background: transparent; border-color: var(--accent); color: var(--accent); }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
        .card, .panel { padding: 1.5rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--surface); }
        .card p { margin: 0; color: var(--soft); }
        .icon { width: 2rem; height: 2rem; fill: none; stroke: var(--accent); stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
        .head { margin-bottom: 1.5rem; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
        dl { margin: 0; }
        dt { font-size: .875rem; color: var(--soft); }
        dd { margin: 0 0 1rem; overflow-wrap: anywhere; }
        .claim { white-space: pre-line; }
        dd:last-child { margin-bottom: 0; }
        .level { font-weight: 600; }
        .note { display: block; font-size: .875rem; color: var(--soft); }
        code, pre { font: .875rem/1.55 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; }
        .notice { padding: .9rem 1.1rem; border-radius: .75rem; background: var(--amber); color: var(--amber-text); }
        .badge {
          display: inline-block; padding: .05rem .6rem; border: 1px solid currentColor; border-radius: 999px;
          background: var(--amber); color: var(--amber-text); font-size: .875rem; font-weight: 600;
        }
        details.panel { margin: 1rem 0 1.5rem; }
        summary { cursor: pointer; font-weight: 600; }
        pre { margin: 1rem 0 0; padding: 1rem; overflow-x: auto; border-radius: .5rem; background: var(--ground); }
        .message { max-width: 44rem; margin: 1rem auto; padding: clamp(1.5rem, 5vw, 2.5rem); }
        .message form { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 1.5rem; margin: 1.5rem 0; }
        .remedy { margin: .75rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
        .foot { padding-top: 1.25rem; padding-bottom: 1.5rem; border-top: 1px solid var(--line); }
        .foot p { margin: 0; font-size: .875rem; color: var(--soft); }
        .tag { display: inline-block; margin-right: .4rem; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 4px; }
        @media (forced-colors: active) { .button, .card, .panel, .hero { border: 1px solid; } }
        """
}
