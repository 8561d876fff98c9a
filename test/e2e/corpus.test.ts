/** Real and odd messages go in by APPEND and by SMTP and come out octet for octet. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importByAppend, importBySmtp } from './harness/import-messages.ts';
import { startServe, type Account, type TestServer } from './harness/server.ts';
import { describeWithVectors, readVectors, withCrlf } from './harness/vectors.ts';

const account: Account = { name: 'reader', address: 'reader@example.test', password: 'read everything' };

describeWithVectors('the shared messages', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServe({ accounts: [account] });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('appended as they are, they are read back octet for octet, and again after a restart', async () => {
    // A NUL cannot be in a literal (RFC 9051 section 9, CHAR8); those messages go in by literal8 elsewhere.
    const messages = readVectors().filter(({ octets }) => octets.length > 0 && !octets.includes(0));
    expect(messages.length).toBeGreaterThan(1900);
    const check = await importByAppend(server, account, 'Odd', messages);
    await check();
    await server.stop();
    await server.start();
    await check();
  });

  test('delivered by SMTP, they are read back octet for octet after the fields that the server adds', async () => {
    const messages = readVectors()
      .map(({ name, octets }) => ({ name, octets: withCrlf(octets) }))
      .filter(({ octets }) => !octets.includes(0));
    const check = await importBySmtp(server, account, messages);
    await check();
  });

  test('`posthorn verify` finds nothing wrong afterwards', async () => {
    await server.stop();
    await server.admin('verify');
    await server.start();
  });
});
