import { expect, test } from 'vitest';
import { createTransport } from 'nodemailer';
import { startTestDns } from '../../src/net/dns/test-server.ts';
import { startServe } from './harness/server.ts';

test('port 25 asks the configured resolver about the domains of senders', async () => {
  const dns = await startTestDns((question) => {
    if (question === 'MX null.example') {
      return [{ answers: [{ type: 'MX', name: 'null.example', ttl: 1, data: { preference: 0, exchange: '.' } }] }];
    }
    if (question === 'AAAA fine.example') return [{}];
    if (question === 'A fine.example') {
      return [{ answers: [{ type: 'A', name: 'fine.example', ttl: 1, data: '192.0.2.1' }] }];
    }
    if (question === 'MX fine.example') return [{}];
    return [{ rcode: question.endsWith('broken.example') ? 2 : 3 }];
  });
  const address = 'ann@example.test';
  const account = { name: 'ann', address, password: 'a long password' };
  const config = [`dns: { servers: ["127.0.0.1:${dns.server.port}"] }`];
  const server = await startServe({ accounts: [account], config, exempt: [] });
  try {
    const send = (from: string) =>
      createTransport({ host: '127.0.0.1', port: server.ports.smtp, ignoreTLS: true })
        .sendMail({ envelope: { from, to: address }, from: 'x@fine.example', subject: 's', text: 't' })
        .then(
          () => 'taken',
          (error: unknown) => String(error),
        );
    expect(await send('a@fine.example')).toBe('taken');
    expect(await send('a@broken.example')).toBe('taken');
    expect(await send(address)).toBe('taken');
    expect(await send('a@null.example')).toContain('550 5.7.27');
    expect(await send('a@gone.example')).toContain('550 5.7.27');
    expect(dns.asked.filter((each) => each.includes('example.test'))).toEqual([]);
  } finally {
    await server.stop();
    await dns.close();
  }
});
