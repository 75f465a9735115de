/// The pages as mustache templates. `{{ }}` escapes; `{{{ }}}` is used for rendered pieces and the style sheet only.
enum Templates {
    static let layout = """
        <!doctype html>
        <html lang="{{lang}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{title}} – {{town}}</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath \
        fill='%230a5468' d='M4 3h24v14c0 7-6 11-12 13C10 28 4 24 4 17z'/%3E%3C/svg%3E">
        <style nonce="{{nonce}}">{{{css}}}</style>
        </head>
        <body>
        <a class="skip" href="#content">{{t.skip}}</a>
        <header class="top">
          <div class="bar">
            <a class="brand" href="{{home}}">
              <svg aria-hidden="true" viewBox="0 0 32 32" width="36" height="36">
                <path class="shield" d="M4 3h24v14c0 7-6 11-12 13C10 28 4 24 4 17z"/>
                <path class="wave" d="M4 15c4-3 8-3 12 0s8 3 12 0v2c0 7-6 11-12 13C10 28 4 24 4 17z"/>
              </svg>
              <span><strong>{{town}}</strong><span class="sub">{{t.portal}}</span></span>
            </a>
            <nav aria-label="{{t.languages}}"><a class="lang" href="{{here}}" lang="{{otherLang}}" \
        hreflang="{{otherLang}}">{{t.otherLanguage}}</a></nav>
          </div>
        </header>
        <main id="content" tabindex="-1">
        {{{content}}}
        </main>
        <footer class="foot"><p><span class="tag">{{t.demo}}</span> {{t.footer}}</p></footer>
        </body>
        </html>
        """

    static let home = """
        <section class="hero">
          <h1>{{t.homeTitle}}</h1>
          <p class="lead">{{t.homeLead}}</p>
          {{#isLoggedIn}}<p><a class="button" href="{{account}}">{{t.myAccount}}</a></p>{{/isLoggedIn}}
          {{^isLoggedIn}}<form method="post" action="{{login}}">
            <button class="button" type="submit">{{t.login}}</button>
          </form>
          <p class="hint">{{t.loginHint}}</p>{{/isLoggedIn}}
        </section>
        <section aria-labelledby="services">
          <h2 id="services">{{t.services}}</h2>
          <ul class="cards">
            <li class="card">
              <svg class="icon" aria-hidden="true" viewBox="0 0 24 24"><path d="M3 11l9-8 9 8M6 9v11h12V9M10 20v-6h4v6"/></svg>
              <h3>{{t.service1}}</h3><p>{{t.service1Text}}</p>
            </li>
            <li class="card">
              <svg class="icon" aria-hidden="true" viewBox="0 0 24 24"><path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5"/></svg>
              <h3>{{t.service2}}</h3><p>{{t.service2Text}}</p>
            </li>
            <li class="card">
              <svg class="icon" aria-hidden="true" viewBox="0 0 24 24"><path d="M4 20v-8h7v8zM13 20l4-8 4 8zM7.500 9a3 3 0 1 1 .1 0z"/></svg>
              <h3>{{t.service3}}</h3><p>{{t.service3Text}}</p>
            </li>
          </ul>
        </section>
        """

    static let account = """
        <section class="head">
          <h1>{{t.greeting}}{{#hasName}}, {{name}}{{/hasName}}</h1>
          <p class="lead">{{t.accountTitle}}</p>
        </section>
        {{#isSimulated}}<p class="notice" role="note"><strong class="badge">{{t.simulated}}</strong> {{t.simulatedText}}</p>{{/isSimulated}}
        <div class="columns">
          <section class="panel" aria-labelledby="login">
            <h2 id="login">{{t.yourLogin}}</h2>
            <dl>
              <dt>{{t.level}}</dt>
              <dd><span class="level">{{level}}</span>{{#isSimulated}} <span class="badge">{{t.simulated}}</span>{{/isSimulated}}
                <span class="note"><code>{{acr}}</code></span></dd>
              <dt>{{t.subject}}</dt>
              <dd><code>{{subject}}</code><span class="note">{{t.subjectText}}</span></dd>
              <dt>{{t.provider}}</dt>
              <dd>{{provider}}</dd>
            </dl>
          </section>
          <section class="panel" aria-labelledby="claims">
            <h2 id="claims">{{t.claims}}</h2>
            {{#hasClaims}}<dl>{{#claims}}<dt>{{label}}</dt><dd class="claim">{{value}}</dd>{{/claims}}</dl>{{/hasClaims}}
            {{^hasClaims}}<p>{{t.noClaims}}</p>{{/hasClaims}}
          </section>
        </div>
        <details class="panel"><summary>{{t.idToken}}</summary>
        <pre tabindex="0">{{idToken}}</pre></details>
        <form method="post" action="{{logout}}"><button class="button quiet" type="submit">{{t.logout}}</button></form>
        <p class="hint">{{t.logoutHint}}</p>
        """

    static let message = """
        <section class="panel message">
          <h1>{{title}}</h1>
          <p class="lead">{{text}}</p>
          <form method="post" action="{{login}}">
            <button class="button" type="submit">{{button}}</button>
            <a class="aside" href="{{home}}">{{t.toHome}}</a>
          </form>
          {{#hasRemedy}}<details><summary>{{t.details}}</summary><p class="remedy">{{remedy}}</p></details>{{/hasRemedy}}
        </section>
        """
}
