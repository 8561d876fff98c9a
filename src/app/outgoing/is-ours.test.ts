import { expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { openDirectory } from '../../directory/live-directory.ts';
import { memoryDirectoryStore } from '../../directory/testing/memory-directory-store.ts';
import { isOurs } from './is-ours.ts';

test('mail stays here for domains with people, disabled ones too, and for the host; not where we only get reports', async () => {
  const clock = { now: () => 0 };
  const store = memoryDirectoryStore();
  const directory = await openDirectory({ store, log: silentLog, clock, hostnames: ['mail.example.org'] });
  for (const operation of [
    { do: 'domain-add', domain: 'example.org' },
    { do: 'domain-add', domain: 'reports.example', reportsOnly: true },
    { do: 'domain-add', domain: 'off.example' },
    { do: 'domain-set', domain: 'off.example', disabled: true },
    { do: 'account-add', name: 'ann', address: 'ann@example.org' },
    { do: 'settings-set', postmaster: 'ann' },
  ] as const) {
    expect(await directory.editor.edit(operation)).toMatchObject({ ok: true });
  }
  const ours = ['example.org', 'off.example', 'mail.example.org', 'reports.example', 'other.example', '[192.0.2.1]'];
  expect(ours.map((domain) => isOurs(directory, domain))).toEqual([true, true, true, false, false, false]);
  directory.close();
});
