/// The login page's script: it watches the login and brings the next QR code. The page works without it, too.
enum LoginScript {
    static let javaScript: HTML = #"""

        (() => {
          'use strict';
          const login = document.getElementById('login');
          const status = document.getElementById('status');
          const base = '/login/' + status.dataset.page;
          const shown = login.dataset.state;
          const scans = shown === 'created' && document.getElementById('qr') !== null;
          let version = status.dataset.version;
          let leaving = false;
          let silence = 0; // Seconds without news.

          const leave = async state => {
            if (leaving) return;
            leaving = true;
            status.textContent = status.dataset.moving;
            if (state === 'complete') await knownBrowser.remember();
            location.replace(state === 'complete' ? base + '/finish' : base + location.search);
          };
          const seen = news => {
            silence = 0;
            version = news.version;
            if (news.state !== shown) leave(news.state);
          };
          const adopt = (svg, link) => {
            const place = document.getElementById('qr');
            if (!place || !svg || svg.localName !== 'svg') return;
            place.replaceChildren(document.importNode(svg, true));
            login.dataset.qrLink = link;
          };

          // Reads the page anew: it tells the state and has the latest QR code.
          const look = async () => {
            try {
              const answer = await fetch(base, { cache: 'no-store' });
              if (!answer.ok) return;
              const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
              const fresh = page.getElementById('login');
              silence = 0;
              if (!fresh || fresh.dataset.state !== shown) leave(fresh?.dataset.state);
              else adopt(page.querySelector('#qr svg'), fresh.dataset.qrLink);
            } catch { /* No network; another look follows. */ }
          };
          const longPoll = async () => {
            try {
              const answer = await fetch(base + '/state?after=' + version, { cache: 'no-store' });
              if (answer.ok) seen(await answer.json());
            } catch { /* As above. */ }
          };

          // Some networks do not let events through: then the page asks by itself.
          let asking = false;
          const ask = async () => {
            if (asking) return;
            asking = true;
            events.close();
            while (!leaving) {
              await (shown === 'created' ? look() : longPoll());
              await new Promise(done => setTimeout(done, 2000));
            }
          };

          let failures = 0;
          const events = new EventSource(base + '/events');
          events.addEventListener('qr', event => {
            failures = silence = 0;
            const { svg, link } = JSON.parse(event.data);
            adopt(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement, link);
          });
          events.addEventListener('state', event => {
            failures = 0;
            seen(JSON.parse(event.data));
          });
          events.onerror = () => {
            failures += 1;
            if (failures >= 3 || events.readyState === EventSource.CLOSED) ask();
          };

          // A browser that is known may get a QR code that others do not get.
          if (shown === 'created') knownBrowser.prove().then(isKnown => { if (isKnown && !scans) leave(shown); });

          // A tab that was suspended may have missed everything.
          document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
          addEventListener('pageshow', event => {
            if (!event.persisted) return;
            leaving = false;
            look();
          });

          const time = document.getElementById('time');
          const end = Date.now() + 1000 * Number(time.dataset.seconds);
          setInterval(() => {
            const left = Math.round((end - Date.now()) / 1000);
            const whole = Math.max(0, left);
            time.textContent = Math.floor(whole / 60) + ':' + String(whole % 60).padStart(2, '0');
            silence += 1;
            if (scans && silence > 7) ask(); // No QR code came.
            if (!scans && silence > 9) look();
            if (left < 0 && left % 3 === 0) look();
          }, 1000);
        })();

        """#
}
