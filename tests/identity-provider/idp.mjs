// An identity provider for the tests: npm's certified oidc-provider, with people and groups that a test chooses.
//
// It ends when its standard input does. A test is the browser: the header `x-person` says who logs in. `POST /test` sets
// `people` (their claims) and `tamper` (claims that replace those of the next ID tokens, signed with the real key; `alg: "none"`
// takes the signature away).
import { createServer } from 'node:http';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const kid = randomBytes(8).toString('hex');
const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };

const state = { people: {}, tamper: null };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'bowline',
      client_secret: 'CANARY_client_secret',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      // The device flow has no parameter for it.
      require_auth_time: true,
    },
  ],
  jwks: { keys: [jwk] },
  pkce: { methods: ['S256'], required: () => true },
  features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true } },
  // Where the groups stand: in the ID token, or (as the standard prefers) at the userinfo endpoint only.
  conformIdTokenClaims: process.argv[3] !== 'groups-in-id-token',
  claims: {
    openid: ['sub'],
    profile: ['preferred_username', 'groups'],
    email: ['email', 'email_verified'],
    auth_time: null,
  },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, groups: [], ...state.people[id] }),
  }),
});

provider.use(async (context, next) => {
  await next();
  const { tamper } = state;
  if (tamper && context.path === '/token' && context.body?.id_token) {
    const { alg, ...claims } = tamper;
    const altered = { ...decodeJwt(context.body.id_token), ...claims };
    const header = decodeProtectedHeader(context.body.id_token);
    if (alg === 'none') {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      context.body.id_token = `${part({ alg: 'none' })}.${part(altered)}.`;
    } else {
      context.body.id_token = await new SignJWT(altered).setProtectedHeader(header).sign(await importJWK(jwk));
    }
  }
});

// Logs the person of the header in, and consents to everything.
async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const person = request.headers['x-person'];
  let result;
  if (person === 'declines') {
    result = { error: 'access_denied' };
  } else if (prompt.name === 'login') {
    result = { login: { accountId: person } };
  } else {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
    grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function set(request, response) {
  const parts = [];
  for await (const part of request) parts.push(part);
  Object.assign(state, JSON.parse(Buffer.concat(parts).toString()));
  response.writeHead(204).end();
}

const callback = provider.callback();
createServer((request, response) => {
  const fail = (error) => response.writeHead(500).end(String(error));
  if (request.url === '/test') set(request, response).catch(fail);
  else if (request.url.startsWith('/interaction/')) interact(request, response).catch(fail);
  else callback(request, response);
}).listen(port, '127.0.0.1', () => console.log('ready'));

process.stdin.on('end', () => process.exit(0)).resume();
