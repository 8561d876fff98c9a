import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { IncomingReport } from '../queue/report-incoming.ts';
import { gather } from './gather.ts';
import type { EnvelopeRecipient, IncomingMessage } from './incoming.ts';
import { receive } from './receive.ts';
import { screen } from './screen.ts';
import { TestDirectory } from './test-directory.ts';
import { TestStore } from './test-store.ts';

type Wanted = Partial<Pick<EnvelopeRecipient, 'notify' | 'originalRecipient'>>;

async function deliver(
  to: Readonly<Record<string, Wanted>>,
  changes: Partial<IncomingMessage> = {},
  report?: (report: IncomingReport) => Promise<void>,
) {
  const reports: IncomingReport[] = [];
  const store = new TestStore();
  store.full.add(3);
  const directory = new TestDirectory();
  const keep = (each: IncomingReport): Promise<void> => {
    reports.push(each);
    return Promise.resolve();
  };
  const services = {
    store,
    directory,
    clock: { now: () => 1000 },
    log: silentLog,
    reports: { report: report ?? keep },
  };
  const spool = store.newSpool({ maxBytes: 1000 });
  await spool.write(
    Buffer.from('Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@remote.example>\r\n\r\nsecret\r\n'),
  );
  const recipients = Object.entries(to).map(([name, wanted]): EnvelopeRecipient => {
    const address = { localPart: name, domain: 'example.org' };
    const screened = screen(directory, address);
    const destination = screened.kind === 'local' ? screened.destination : { kind: 'unknown-address' as const };
    return {
      address,
      printed: `${name}@example.org`,
      destination,
      notify: undefined,
      originalRecipient: undefined,
      ...wanted,
    };
  });
  const sender = { localPart: 'x y', domain: 'remote.example' };
  const incoming = { id: 'x.1', sender, recipients, spool, trace: 'Received: x\r\n', ...changes };
  const results = await receive(services, incoming, gather(spool));
  return { reports, kinds: results.map(({ kind }) => kind) };
}

test('part of the recipients refused: the sender is told of them in one report', async () => {
  const wishes = { envelopeId: 'QQ', utf8: false, requireTls: true };
  const originalRecipient = { type: 'rfc822', address: 'other@example.org' };
  const { reports } = await deliver({ ann: {}, cat: {}, nobody: { originalRecipient } }, { wishes });
  expect(reports).toEqual([
    {
      returnPath: '"x y"@remote.example',
      header: expect.stringMatching(/^Received: x\r\nSubject: .*\r\nMessage-ID: <1@remote.example>\r\n\r\n$/) as string,
      message: {
        subject: 'Grüße',
        headerMessageId: '<1@remote.example>',
        envelopeId: 'QQ',
        queuedAtMs: 1000,
        utf8: false,
        tls: 'required',
        returnContent: 'headers',
      },
      notices: [
        {
          recipient: 'cat@example.org',
          originalRecipient: undefined,
          action: 'failed',
          status: '5.2.2',
          reply: undefined,
        },
        { recipient: 'nobody@example.org', originalRecipient, action: 'failed', status: '5.1.1', reply: undefined },
      ],
    },
  ]);
});

test('who asked to hear of deliveries does; who did not want to hear of failures does not', async () => {
  const { reports } = await deliver({ ann: { notify: ['SUCCESS'] }, bob: {}, nobody: { notify: ['NEVER'] } });
  expect(reports.flatMap(({ notices }) => notices)).toMatchObject([
    { recipient: 'ann@example.org', action: 'delivered' },
  ]);
});

test('nothing is sent to the null path, nor when all were refused in the reply, nor when all is well', async () => {
  expect((await deliver({ ann: {}, nobody: {} }, { sender: undefined })).reports).toEqual([]);
  expect((await deliver({ nobody: {}, cat: {} })).reports).toEqual([]);
  expect((await deliver({ ann: {}, bob: {} })).reports).toEqual([]);
});

test('a report that cannot be sent does not undo what was filed', async () => {
  const { kinds } = await deliver({ ann: {}, nobody: {} }, {}, () => Promise.reject(new Error('full')));
  expect(kinds).toEqual(['filed', 'refused']);
});
