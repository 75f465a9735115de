/// The login page's script for browsers that are known (docs/protocol.md §12): keys that cannot leave the browser, in its own
/// database. Without it, and whenever something fails, there are digits.
enum KnownBrowserScript {
    static let javaScript: HTML = #"""

        const knownBrowser = (() => {
          'use strict';
          const status = document.getElementById('status');
          const isPossible = Boolean(window.indexedDB && window.crypto?.subtle);
          const bytes = text => new TextEncoder().encode(text);
          const encoded = data => btoa(String.fromCharCode(...new Uint8Array(data)))
            .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
          const part = object => encoded(bytes(JSON.stringify(object)));

          const database = () => new Promise((done, fail) => {
            const request = indexedDB.open('citizen-id', 1);
            request.onupgradeneeded = () => request.result.createObjectStore('browsers', { keyPath: 'thumbprint' });
            request.onsuccess = () => done(request.result);
            request.onerror = request.onblocked = () => fail(request.error);
          });
          const inStore = async (mode, act) => {
            const opened = await database();
            try {
              return await new Promise((done, fail) => {
                const work = opened.transaction('browsers', mode);
                const request = act(work.objectStore('browsers'));
                work.oncomplete = () => done(request.result);
                work.onerror = work.onabort = () => fail(work.error);
              });
            } finally { opened.close(); }
          };

          // A compact JWS: WebCrypto's signature is the one of ES256. It names the origin at which it is made.
          const sign = async (key, header, purpose, nonce) => {
            const input = part({ alg: 'ES256', typ: 'browser-proof+jwt', ...header }) + '.'
              + part({ aud: location.origin, purpose, nonce });
            return input + '.' + encoded(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(input)));
          };
          const send = async (what, body) => {
            const csrf = document.querySelector('#cancel-form [name=csrf]').value;
            const answer = await fetch('/login/' + status.dataset.page + what, {
              method: 'POST', cache: 'no-store', headers: { 'Content-Type': 'application/json' },
              body: JSON.stringify({ csrf, ...body }),
            });
            if (!answer.ok) throw new Error('not accepted');
            return answer.json();
          };

          // True when the provider knows this browser.
          const prove = async () => {
            const nonce = status.dataset.nonce;
            if (!isPossible || !nonce) return false;
            const keys = (await inStore('readonly', store => store.getAll())).slice(0, 8);
            if (!keys.length) return false;
            const proofs = [];
            for (const { thumbprint, key } of keys) proofs.push(await sign(key, { kid: thumbprint }, 'login', nonce));
            const { known } = await send('/browser', { proofs: proofs.join(' ') });
            for (const { thumbprint } of keys) {
              if (!known.includes(thumbprint)) await inStore('readwrite', store => store.delete(thumbprint));
            }
            return known.length > 0;
          };

          const register = async () => {
            const nonce = status.dataset.remember;
            if (!isPossible || !nonce) return;
            const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
            const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
            const jwk = { crv, kty, x, y }; // In the order of RFC 7638.
            const thumbprint = encoded(await crypto.subtle.digest('SHA-256', bytes(JSON.stringify(jwk))));
            await send('/remember', { proof: await sign(pair.privateKey, { jwk }, 'registration', nonce) });
            await inStore('readwrite', store => store.put({ thumbprint, key: pair.privateKey }));
          };
          // Nobody waits long for it, and a login never fails with it.
          const remember = () => Promise.race([
            register().catch(() => {}), new Promise(done => setTimeout(done, 3000)),
          ]);

          const offer = document.getElementById('remember-offer');
          if (offer && isPossible) offer.hidden = false;
          return { prove: () => prove().catch(() => false), remember };
        })();

        """#
}
