// openid-client, as an app would use it: sign-in of a person, tokens and their end.
import { ask, finish, hear, refused } from './talking.mjs';

const oidc = await import('openid-client');
const given = await hear();
const issuer = new URL(given.issuer);
const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];

async function clientAuth() {
  if (given.method === 'none') return oidc.None();
  if (given.method === 'client_secret_basic') return oidc.ClientSecretBasic(given.secret);
  if (given.method === 'client_secret_post') return oidc.ClientSecretPost(given.secret);
  const { kid, ...jwk } = given.jwk;
  const usage = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', jwk, usage, false, ['sign']);
  return oidc.PrivateKeyJwt({ key, kid });
}

async function discovered(algorithm) {
  return oidc.discovery(issuer, given.client_id, given.metadata, await clientAuth(), { algorithm, execute });
}

const config = await discovered('oauth2');
const server = (await discovered('oidc')).serverMetadata();
const result = { issuers: [config.serverMetadata().issuer, server.issuer] };
result.pkce = server.supportsPKCE();

async function signIn(parameters, changed = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const wanted = {
    redirect_uri: given.redirect_uri,
    scope: given.scope,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  for (const name of Object.keys(wanted)) if (wanted[name] === null) delete wanted[name];
  const callback = new URL(await ask('authorize', oidc.buildAuthorizationUrl(full, wanted).href));
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return [callback, (more = {}) => oidc.authorizationCodeGrant(full, callback, { ...checks, ...changed }, more)];
}

const full = await discovered('oidc');
const me = new URL('/api/v1/me', issuer);

// A sign-in, its tokens, what they say and open.
const [callback, redeem] = await signIn({ resource: given.issuer });
const tokens = await redeem({ resource: given.issuer });
result.iss = callback.searchParams.get('iss');
result.claims = tokens.claims();
result.scope = tokens.scope;
result.userinfo = await oidc.fetchUserInfo(full, tokens.access_token, tokens.claims().sub);
const seen = await oidc.fetchProtectedResource(full, tokens.access_token, me, 'GET');
result.me = (await seen.json()).actor.kind;

// Refresh: a new pair.
const fresh = await oidc.refreshTokenGrant(full, tokens.refresh_token, { resource: given.issuer });
result.rotated = fresh.refresh_token !== tokens.refresh_token && fresh.access_token !== tokens.access_token;
if (given.method !== 'none') {
  result.active = await oidc.tokenIntrospection(full, fresh.access_token);
}

// Revocation: dead at the API, inactive to its client.
await oidc.tokenRevocation(full, fresh.refresh_token);
if (given.method !== 'none') {
  result.inactive = await oidc.tokenIntrospection(full, fresh.access_token);
  const own = await oidc.clientCredentialsGrant(full, { installation_id: given.installation_id });
  result.own = (await (await oidc.fetchProtectedResource(full, own.access_token, me, 'GET')).json()).actor.kind;
}
result.dead = await refused(async () => {
  await oidc.fetchProtectedResource(full, fresh.access_token, me, 'GET');
});

// A code that comes again, a request without PKCE or for something else.
const [, first] = await signIn({});
const again = await first();
result.replayed = await refused(first);
result.ended = await refused(async () => oidc.refreshTokenGrant(full, again.refresh_token));
const [, bare] = await signIn({ code_challenge: null, code_challenge_method: null });
result.bare = await refused(bare);
const [, plain] = await signIn({ code_challenge_method: 'plain' });
result.plain = await refused(plain);
const [, elsewhere] = await signIn({ resource: 'https://elsewhere.example/' });
result.elsewhere = await refused(elsewhere);
const [, wrong] = await signIn({}, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() });
result.wrongVerifier = await refused(wrong);

// A device without a browser.
if (given.device) {
  const shown = await oidc.initiateDeviceAuthorization(full, { scope: given.scope });
  await ask('device', shown);
  const polled = await oidc.pollDeviceAuthorizationGrant(full, shown);
  result.device = polled.claims()?.sub ?? null;
}
result.goodbye = await ask('visit', oidc.buildEndSessionUrl(full, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: given.after_logout,
  state: 'done',
}).href);
finish(result);
