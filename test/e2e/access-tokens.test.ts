/** Access tokens of an issuer on this machine, used by a program that was not written by us. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { runProgram, testWith } from './harness/programs.ts';
import { startServe, type TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'ann has a password' };
let server: TestServer;
let privateKey: CryptoKey;
let url = '';
let isDown = false;
let keys: unknown[] = [];
const issuer = createServer((request, response) => {
  if (isDown) response.writeHead(503).end();
  else if (request.url === '/keys') response.end(JSON.stringify({ keys }));
  else response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const address = issuer.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const pair = await generateKeyPair('RS256');
  ({ privateKey } = pair);
  keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }];
  server = await startServe({ accounts: [ann], config: [`openid: { issuer: "${url}", audience: [mail] }`] });
});
afterAll(async () => {
  issuer.closeAllConnections();
  issuer.close();
  await server[Symbol.asyncDispose]();
});

function token(claims: object = {}): Promise<string> {
  return new SignJWT({ email: ann.address, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'one' })
    .setIssuer(url)
    .setAudience('mail')
    .setExpirationTime('10m')
    .sign(privateKey);
}

async function curl(mechanism: string, bearer: string): Promise<string> {
  const options = [
    '-sS',
    '-v',
    '-k',
    '--login-options',
    `AUTH=${mechanism}`,
    '-u',
    `${ann.address}:`,
    '--oauth2-bearer',
    bearer,
  ];
  const { stderr, stdout } = await runProgram('curl', [...options, `imaps://127.0.0.1:${server.ports.imaps}/`]);
  return stdout + stderr;
}

for (const mechanism of ['OAUTHBEARER', 'XOAUTH2']) {
  testWith(
    'curl',
    `curl logs in with ${mechanism}; bad tokens are refused, an issuer that is down is not the user's fault`,
    async () => {
      isDown = mechanism === 'XOAUTH2';
      expect(await curl(mechanism, await token())).toMatch(/^\* LIST /m);
      // Keys that are known serve on.
      expect(await curl(mechanism, await token({ email: 'eve@example.test' }))).toMatch(/NO \[AUTHENTICATIONFAILED\]/);
      expect(await curl(mechanism, 'abc.def.ghi')).toMatch(/NO \[AUTHENTICATIONFAILED\]/);
    },
  );
}

testWith('curl', 'curl submits with OAUTHBEARER', async () => {
  isDown = false;
  const message = join(server.dir, 'message.eml');
  writeFileSync(message, `From: ${ann.address}\r\nTo: ${ann.address}\r\nSubject: with a token\r\n\r\nhello\r\n`);
  const { status, stderr } = await runProgram('curl', [
    ...['-sS', '-k', '--ssl-reqd', '--login-options', 'AUTH=OAUTHBEARER', '-u', `${ann.address}:`],
    ...['--oauth2-bearer', await token(), '--mail-from', ann.address, '--mail-rcpt', ann.address],
    ...['-T', message, `smtp://127.0.0.1:${server.ports.submission}/`],
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

testWith('curl', 'curl fetches by POP3 with OAUTHBEARER and XOAUTH2', async () => {
  for (const mechanism of ['OAUTHBEARER', 'XOAUTH2']) {
    const list = async (bearer: string) => {
      const login = ['--login-options', `AUTH=${mechanism}`, '-u', `${ann.address}:`, '--oauth2-bearer', bearer];
      return runProgram('curl', ['-sS', '-v', '-k', ...login, `pop3s://127.0.0.1:${server.ports.pop3s}/`]);
    };
    expect(await list(await token())).toMatchObject({ status: 0 });
    const refused = await list(await token({ email: 'eve@example.test' }));
    expect(refused.stderr).toContain('-ERR [AUTH] bad credentials');
    expect(refused.status).toBe(67);
  }
});
