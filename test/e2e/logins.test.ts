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

async function gsasl(mechanism: string, face: 'imap' | 'smtp', password: string): Promise<string> {
  const port = face === 'imap' ? server.ports.imap : server.ports.submission;
  const binding = mechanism.endsWith('-PLUS') ? [] : ['--no-cb'];
  const { stdout, stderr } = await runProgram('gsasl', [
    ...[`--${face}`, `--connect=localhost:${port}`, `--mechanism=${mechanism}`, ...binding],
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
