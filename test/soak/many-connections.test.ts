/** Five thousand idling connections, plain and with TLS: memory, and the server still serves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImapClient } from '../../bench/clients/imap-client.ts';
import { memoryBytes } from '../../bench/machine/process-usage.ts';
import { startServe, type Account, type TestServer } from '../e2e/harness/server.ts';

const account: Account = { name: 'many', address: 'many@example.test', password: 'five thousand' };
const count = 5000;
let server: TestServer;

beforeAll(async () => {
  server = await startServe({ accounts: [account] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function open(port: number, tls: boolean, i: number): Promise<ImapClient> {
  const localAddress = `127.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`;
  const client = await ImapClient.connect({ host: '127.0.0.1', port, tls, localAddress });
  await client.login(account.address, account.password);
  await client.must('SELECT INBOX');
  return client;
}

for (const [what, tls, limitMb] of [
  ['plain', false, 90 + (count * 25) / 1024],
  ['TLS', true, 450],
] as const) {
  test(`${count} idling ${what} connections within ${Math.round(limitMb)} MB, all of which hear of a new message`, async () => {
    const port = tls ? server.ports.imaps : server.ports.imap;
    const clients: ImapClient[] = [];
    for (let i = 0; i < count; i += 50) {
      clients.push(...(await Promise.all(Array.from({ length: 50 }, (_, k) => open(port, tls, i + k)))));
    }
    const heard = Promise.all(
      clients.map(async (client) => {
        const exists = new Promise<void>((resolve) => {
          client.onUntagged = (line) => {
            if (/ EXISTS/.test(line)) resolve();
          };
        });
        await client.idle();
        return { exists };
      }),
    );
    const waiting = await heard;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const memory = memoryBytes([server.pid]) ?? 0;
    console.log(`${what}: ${Math.round(memory / 1e6)} MB with ${count} connections`);
    expect(memory / 1e6).toBeLessThan(limitMb);
    const writer = await open(server.ports.imap, false, count);
    await writer.must(['APPEND INBOX {21+}\r\n', 'Subject: hello\r\n\r\nall']);
    await Promise.all(waiting.map(({ exists }) => exists));
    await writer.close();
    for (const client of clients) client.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });
}
