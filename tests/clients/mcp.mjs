// The authorization of the official MCP SDK: from a 401 of the API to tokens, and on with the refresh token.
import { ask, finish, hear, refused } from './talking.mjs';

const { auth, discoverOAuthProtectedResourceMetadata, extractWWWAuthenticateParams } = await import(
  '@modelcontextprotocol/sdk/client/auth.js'
);
const given = await hear();
const kept = {};
const asked = [];
const provider = {
  redirectUrl: given.redirect_uri,
  clientMetadataUrl: given.document,
  clientMetadata: {
    client_name: 'An assistant',
    redirect_uris: [given.redirect_uri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  state: () => 'the state of this try',
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  redirectToAuthorization: (url) => void (kept.url = url.href),
};
const fetchFn = (url, init) => {
  asked.push(new URL(url).pathname);
  return fetch(url, init);
};

async function call(path = '/me') {
  const headers = kept.tokens ? { Authorization: `Bearer ${kept.tokens.access_token}` } : {};
  return fetch(`${given.server}${path}`, { headers });
}

async function signIn(options) {
  const step = await auth(provider, { serverUrl: given.server, fetchFn, ...options });
  if (step !== 'REDIRECT') throw new Error(step);
  const back = new URL(await ask('authorize', kept.url)).searchParams;
  if (back.get('state') !== 'the state of this try') throw new Error('another state');
  return auth(provider, { serverUrl: given.server, fetchFn, authorizationCode: back.get('code') });
}

// As the specification has it: by the address in the challenge.
const challenged = extractWWWAuthenticateParams(await call());
const result = { challenge: challenged.resourceMetadataUrl.href };
result.first = await signIn({ resourceMetadataUrl: challenged.resourceMetadataUrl, scope: given.scope });
result.me = (await (await call()).json()).actor.kind;
result.client_id = kept.client.client_id;
result.scope = kept.tokens.scope;

// The second time the refresh token does, without anybody at the browser.
const before = kept.tokens;
result.second = await auth(provider, { serverUrl: given.server, fetchFn });
result.rotated = kept.tokens.refresh_token !== before.refresh_token;
result.after = (await call()).status;

// What is short of a scope says which.
const short = extractWWWAuthenticateParams(await call('/contacts'));
result.short = [short.error, short.scope];

// The old refresh token is shown again: the family ends.
kept.tokens = before;
result.reused = await refused(() => auth(provider, { serverUrl: given.server, fetchFn }));

// Without a challenge it looks below the path of what it calls.
delete kept.tokens;
delete kept.client;
asked.length = 0;
result.found = (await discoverOAuthProtectedResourceMetadata(given.server, undefined, fetchFn)).resource;
result.third = await signIn({ scope: given.scope });
result.below = asked[0];
result.last = (await call()).status;
finish(result);
