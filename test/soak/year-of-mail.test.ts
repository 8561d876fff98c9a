/** A year of one person's mail: tens of thousands of messages made from the shared ones, in by both ways, read back. */
import { expect, test } from 'vitest';
import { importByAppend, importBySmtp } from '../e2e/harness/import-messages.ts';
import { startServe, type Account } from '../e2e/harness/server.ts';
import { describeWithVectors, readVectors, withCrlf, type Vector } from '../e2e/harness/vectors.ts';

const account: Account = { name: 'year', address: 'year@example.test', password: '365 days' };
const days = 365;
const perDay = 80;

/** Each shared message many times, no two alike: a date and a number in front of its own header. */
function* makeYear(): Generator<Vector> {
  const sources = readVectors()
    .map(({ name, octets }) => ({ name, octets: withCrlf(octets) }))
    .filter(({ octets }) => !octets.includes(0));
  for (let i = 0; i < days * perDay; i++) {
    const source = sources[i % sources.length];
    if (!source) throw new Error('no shared messages');
    const date = new Date(Date.UTC(2025, 0, 1) + (i / perDay) * 86_400_000).toUTCString().replace('GMT', '+0000');
    const head = Buffer.from(`X-Received-On: ${date}\r\nX-Number: ${i}\r\n`);
    yield { name: `${source.name} #${i}`, octets: Buffer.concat([head, source.octets]) };
  }
}

describeWithVectors('a year of mail', () => {
  test(`${days * perDay} messages by APPEND and by SMTP, read back octet for octet, also after a restart`, async () => {
    await using server = await startServe({ accounts: [account] });
    const year = [...makeYear()];
    expect(year.length).toBeGreaterThan(25_000);
    const checkAppended = await importByAppend(server, account, '2025', year);
    const checkDelivered = await importBySmtp(server, account, year);
    await checkAppended();
    await server.stop();
    expect((await server.tryAdmin('verify')).status).toBe(0);
    await server.start();
    await checkAppended();
    await checkDelivered();
  });
});
