// Un sistema en Node.js cuyas personas ingresan con Clave SENCE: openid-client para el protocolo, jose para los avisos de salida.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';

const { CLAVE_ISSUER, CLAVE_CLIENT_ID, CLAVE_SECRET_FILE, URL_PROPIA, PORT } = process.env;
const secreto = readFileSync(CLAVE_SECRET_FILE, 'utf8').trim();
const clave = await oidc.discovery(
  new URL(CLAVE_ISSUER), CLAVE_CLIENT_ID, secreto, oidc.ClientSecretBasic(secreto),
  // Solo para probar en el propio computador: en producción, siempre https.
  CLAVE_ISSUER.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : {},
);
const llaves = createRemoteJWKSet(new URL(clave.serverMetadata().jwks_uri));

const ingresos = new Map(); // ingresos en camino, por galleta; cada uno sirve una vez
const sesiones = new Map(); // quienes están dentro, por galleta; con más de un proceso, en la base de datos

const rutas = {
  'GET /': (pedido) => {
    const { persona } = sesiones.get(galleta(pedido, 'sesion')) ?? {};
    if (!persona) return pagina('<p>Nadie ha ingresado.</p><a href="/ingresar">Ingresar con Clave SENCE</a>');
    const run = persona.RolUnico;
    return pagina(`<p>Hola, <b id="nombre">${texto(persona.name)}</b>, RUT <b id="rut">${run.numero}-${run.DV}</b></p>
      <form method="post" action="/renovar"><button>Renovar</button></form>
      <form method="post" action="/salir"><button>Salir</button></form>`);
  },

  'GET /ingresar': async () => {
    const ingreso = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() };
    const aqui = randomUUID();
    ingresos.set(aqui, ingreso);
    setTimeout(() => ingresos.delete(aqui), 30 * 60_000).unref();
    const direccion = oidc.buildAuthorizationUrl(clave, {
      redirect_uri: `${URL_PROPIA}/vuelta`,
      scope: 'openid profile email run',
      state: ingreso.state,
      nonce: ingreso.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(ingreso.verifier),
      code_challenge_method: 'S256',
    });
    return va(direccion, `ingreso=${aqui}`);
  },

  'GET /vuelta': async (pedido) => {
    const ingreso = ingresos.get(galleta(pedido, 'ingreso'));
    if (!ingreso) return pagina('<p>Ese ingreso ya se usó. <a href="/ingresar">Empiece de nuevo</a>.</p>', 400);
    ingresos.delete(galleta(pedido, 'ingreso'));
    // Revisa state, iss, nonce, la firma, aud y las fechas.
    const fichas = await oidc.authorizationCodeGrant(clave, new URL(pedido.url, URL_PROPIA), {
      expectedState: ingreso.state, expectedNonce: ingreso.nonce, pkceCodeVerifier: ingreso.verifier,
    });
    const { sub, sid } = fichas.claims();
    const persona = await oidc.fetchUserInfo(clave, fichas.access_token, sub);
    // Una galleta nueva, que nadie conocía antes.
    const aqui = randomUUID();
    sesiones.set(aqui, { persona, sub, sid, fichas });
    return va('/', `sesion=${aqui}`);
  },

  'POST /renovar': async (pedido) => {
    const sesion = sesiones.get(galleta(pedido, 'sesion'));
    // Sirve una vez: dos renovaciones a la vez parecerían un robo, y terminarían la sesión.
    const { refresh_token: ficha } = sesion?.fichas ?? {};
    if (ficha) {
      delete sesion.fichas.refresh_token;
      try {
        const nuevas = await oidc.refreshTokenGrant(clave, ficha);
        sesion.fichas = { ...sesion.fichas, ...nuevas };
        sesion.persona = await oidc.fetchUserInfo(clave, nuevas.access_token, sesion.sub);
      } catch {
        // Lo que Clave SENCE no renueva, allá terminó.
        sesiones.delete(galleta(pedido, 'sesion'));
      }
    }
    return va('/');
  },

  'POST /salir': (pedido) => {
    const sesion = sesiones.get(galleta(pedido, 'sesion'));
    if (!sesion) return va('/');
    sesiones.delete(galleta(pedido, 'sesion'));
    return va(oidc.buildEndSessionUrl(clave, {
      id_token_hint: sesion.fichas.id_token, post_logout_redirect_uri: `${URL_PROPIA}/`,
    }));
  },

  // Aquí llama Clave SENCE misma, cuando la persona salió en otro sistema o en «Mi cuenta».
  'POST /aviso-de-salida': async (pedido) => {
    let cuerpo = '';
    for await (const parte of pedido) if ((cuerpo += parte).length > 20_000) return { estado: 413 };
    try {
      const { payload } = await jwtVerify(new URLSearchParams(cuerpo).get('logout_token') ?? '', llaves, {
        issuer: clave.serverMetadata().issuer, audience: CLAVE_CLIENT_ID, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti'],
      });
      if (!payload.events?.['http://schemas.openid.net/event/backchannel-logout'] || 'nonce' in payload) return { estado: 400 };
      for (const [aqui, { sub, sid }] of sesiones) {
        if (payload.sid ? sid === payload.sid : sub === payload.sub) sesiones.delete(aqui);
      }
      return { estado: 200 };
    } catch {
      return { estado: 400 };
    }
  },
};

createServer(async (pedido, respuesta) => {
  const ruta = rutas[`${pedido.method} ${pedido.url.split('?')[0]}`] ?? (() => pagina('<p>No existe.</p>', 404));
  const { estado, cabeceras, html } = await Promise.resolve().then(() => ruta(pedido)).catch((error) => {
    console.error(error);
    return pagina('<p>No pudo ingresar. <a href="/ingresar">Vuelva a intentarlo</a>.</p>', 502);
  });
  respuesta.writeHead(estado, { 'cache-control': 'no-store', ...cabeceras }).end(html);
}).listen(PORT, '127.0.0.1', () => console.log(`en ${URL_PROPIA}`));

function galleta(pedido, nombre) {
  return new RegExp(`(?:^|; )${nombre}=([^;]+)`).exec(pedido.headers.cookie ?? '')?.[1];
}

function va(direccion, nueva) {
  const segura = URL_PROPIA.startsWith('https:') ? '; Secure' : '';
  const cabeceras = nueva ? { 'set-cookie': `${nueva}; Path=/; HttpOnly; SameSite=Lax${segura}` } : {};
  return { estado: 303, cabeceras: { location: String(direccion), ...cabeceras } };
}

function pagina(cuerpo, estado = 200) {
  const html = `<!doctype html><html lang="es"><meta charset="utf-8"><title>Sistema en Node.js</title><main>${cuerpo}</main>`;
  return { estado, cabeceras: { 'content-type': 'text/html; charset=utf-8' }, html };
}

function texto(valor) {
  return String(valor).replace(/[&<>"]/g, (letra) => `&#${letra.charCodeAt(0)};`);
}
