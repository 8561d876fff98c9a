/** Logins by programs that were not written by us: SCRAM and -PLUS, against `posthorn localserve`. */
import { afterAll, beforeAll, expect } from 'vitest';
import { runProgram, testWith } from './harness/programs.ts';
import { localCertificate, startLocal, type TestServer } from './harness/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startLocal();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** `priority`: what GnuTLS may use. */
async function gsasl(mechanism: string, face: 'imap' | 'smtp', password: string, priority = 'NORMAL'): Promise<string> {
  const port = face === 'imap' ? server.ports.imap : server.ports.submission;
  const binding = mechanism.endsWith('-PLUS') ? [] : ['--no-cb'];
  const { stdout, stderr } = await runProgram('gsasl', [
    ...[`--${face}`, `--connect=localhost:${port}`, `--mechanism=${mechanism}`, ...binding],
    `--priority=${priority}`,
    ...[`--x509-ca-file=${localCertificate(server)}`, '--authentication-id=post@localhost', `--password=${password}`],
  ]);
  return stdout + stderr;
}

for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS']) {
  testWith('gsasl', `gsasl logs in with ${mechanism} by IMAP and submission, and with no wrong password`, async () => {
    expect(await gsasl(mechanism, 'imap', 'posthorn')).toMatch(/^\. OK \[CAPABILITY /m);
    expect(await gsasl(mechanism, 'smtp', 'posthorn')).toMatch(/^235 2\.7\.0 /m);
    expect(await gsasl(mechanism, 'imap', 'wrong')).toMatch(/^\. NO \[AUTHENTICATIONFAILED\]/m);
    expect(await gsasl(mechanism, 'smtp', 'wrong')).toMatch(/^535 5\.7\.8 /m);
  });
}

const old = 'NORMAL:-VERS-ALL:+VERS-TLS1.2';

testWith('gsasl', 'gsasl binds to TLS 1.2 by tls-unique', async () => {
  for (const mechanism of ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS']) {
    expect(await gsasl(mechanism, 'imap', 'posthorn', old)).toMatch(/^\. OK \[CAPABILITY /m);
    expect(await gsasl(mechanism, 'smtp', 'posthorn', old)).toMatch(/^235 2\.7\.0 /m);
    expect(await gsasl(mechanism, 'imap', 'wrong', old)).toMatch(/^\. NO \[AUTHENTICATIONFAILED\]/m);
  }
});

testWith('gsasl', 'no -PLUS on TLS 1.2 without the extended master secret', async () => {
  const weak = `${old}:%NO_SESSION_HASH`;
  const said = await gsasl('SCRAM-SHA-256-PLUS', 'imap', 'posthorn', weak);
  expect(said).toMatch(/AUTH=SCRAM-SHA-256 /);
  expect(said).not.toMatch(/AUTH=SCRAM-SHA-256-PLUS/);
  expect(await gsasl('SCRAM-SHA-256', 'imap', 'posthorn', weak)).toMatch(/^\. OK \[CAPABILITY /m);
});
