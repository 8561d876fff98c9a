import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { silentLog } from '../../base/log.ts';
import { answerQuery } from '../answer-query.ts';
import type { DirectoryOperation } from '../decide-operation.ts';
import { applyDocument } from '../document/apply-document.ts';
import { directoryDocumentSchema } from '../document/directory-document.ts';
import { openDirectory } from '../live-directory.ts';
import type { LiveDirectory } from '../live-directory.ts';
import { memoryDirectoryStore } from '../testing/memory-directory-store.ts';
import { ensureDkimKeys } from './ensure-dkim-keys.ts';
import { makeDkimKeys, publicHalf, readDkimKey } from './make-dkim-key.ts';

const day = Date.parse('2026-01-31T10:00:00Z');

async function open(store = memoryDirectoryStore()): Promise<LiveDirectory> {
  return openDirectory({ store, log: silentLog, clock: { now: () => day }, hostnames: [] });
}

async function must(directory: LiveDirectory, ...operations: readonly DirectoryOperation[]): Promise<void> {
  for (const operation of operations) {
    const done = await directory.editor.edit(operation);
    if (!done.ok) throw new Error(done.error.message);
  }
}

const states = (directory: LiveDirectory, domain = 'example.org'): Record<string, string> =>
  Object.fromEntries((directory.view.dkimKeys.get(domain) ?? []).map(({ selector, state }) => [selector, state]));

const add = { do: 'domain-add', domain: 'example.org' } as const;
const addEd = { do: 'dkim-add', domain: 'example.org', algorithms: ['ed25519'] } as const;
const rotate = { do: 'dkim-rotate', domain: 'example.org' } as const;
const retire = (selector: string) => ({ do: 'dkim-retire', domain: 'example.org', selector }) as const;

describe('keys of a domain', () => {
  test('each domain that sends gets a key of each algorithm, once; one for reports gets none', async () => {
    const directory = await open();
    await must(directory, add, { do: 'domain-add', domain: 'reports.example', reportsOnly: true });
    await Promise.all([ensureDkimKeys(directory.editor), ensureDkimKeys(directory.editor)]);
    expect(states(directory)).toEqual({ r20260131: 'active', e20260131: 'active' });
    expect(states(directory, 'reports.example')).toEqual({});
    const [first] = directory.dkimKeysOf('example.org');
    await ensureDkimKeys(directory.editor);
    expect(directory.dkimKeysOf('EXAMPLE.org')[0]).toBe(first);
  });

  test('a rotation overlaps: the new key is published, then signs, while the old one stays listed', async () => {
    const directory = await open();
    await must(directory, add);
    await ensureDkimKeys(directory.editor);
    await must(directory, addEd);
    expect(states(directory)).toEqual({ r20260131: 'active', e20260131: 'active', 'e20260131-2': 'next' });
    expect(directory.dkimKeysOf('example.org').map(({ selector }) => selector)).toEqual(['r20260131', 'e20260131']);
    await must(directory, rotate);
    expect(states(directory)).toEqual({ r20260131: 'active', e20260131: 'retiring', 'e20260131-2': 'active' });
    await must(directory, retire('E20260131'));
    expect(states(directory)).toEqual({ r20260131: 'active', 'e20260131-2': 'active' });
    await must(directory, retire('e20260131-2'));
    expect(states(directory)).toEqual({ r20260131: 'active', 'e20260131-2': 'retiring' });
  });

  test('a domain that goes takes its keys along', async () => {
    const store = memoryDirectoryStore();
    const directory = await open(store);
    await must(directory, add);
    await ensureDkimKeys(directory.editor);
    await must(directory, { do: 'domain-remove', domain: 'example.org' });
    expect((await store.readDirectory()).objects.filter(({ kind }) => kind === 'dkim-key')).toEqual([]);
  });

  test('keys are there after a restart', async () => {
    const store = memoryDirectoryStore();
    const directory = await open(store);
    await must(directory, add, addEd);
    expect(states(await open(store))).toEqual({ e20260131: 'next' });
  });

  test.each<[string, DirectoryOperation, RegExp]>([
    ['nothing to rotate', rotate, /no DKIM key that waits; make one with "posthorn config dkim add example\.org"/],
    ['the last key that signs', retire('only'), /the only key that signs/],
    ['unknown selector', retire('none'), /no DKIM key with the selector "none"/],
    ['selector twice', { ...addEd, selector: 'ONLY' }, /with the selector only already/],
    ['one selector for two keys', { do: 'dkim-add', domain: 'example.org', selector: 'x' }, /name its algorithm/],
    ['bad selector', { ...addEd, selector: 'a_b' }, /"a_b" cannot be a selector/],
    ['unknown domain', { ...addEd, domain: 'x.example' }, /no domain x\.example/],
    ['unknown algorithm', { ...addEd, algorithms: ['rsa-1024'] } as unknown as DirectoryOperation, /algorithms/],
  ])('refused: %s', async (_, operation, why) => {
    const directory = await open();
    await must(directory, add, { ...addEd, selector: 'only' }, rotate);
    const done = await directory.editor.edit(operation);
    expect(done.ok ? 'done' : done.error.message).toMatch(why);
  });
});

describe('keys and documents', () => {
  const without = { prune: false, dryRun: false };
  const parse = (input: unknown) => directoryDocumentSchema.parse(input);

  test('no private key is told unless asked for; what was told can be applied elsewhere', async () => {
    const directory = await open();
    await must(directory, add);
    await ensureDkimKeys(directory.editor);
    const secrets = directory.dkimKeysOf('example.org').map(({ privateKey }) => privateKey);
    for (const query of [
      { ask: 'export', withCredentials: false },
      { ask: 'dkim-keys', name: 'example.org' },
      { ask: 'domain', name: 'example.org' },
    ] as const) {
      const told = JSON.stringify(answerQuery(directory.view, query));
      for (const secret of secrets) expect(told).not.toContain(secret.slice(-40));
    }
    const exported = answerQuery(directory.view, { ask: 'export', withCredentials: true });
    const other = await open();
    const document = parse(exported.ok ? exported.value : {});
    expect(await applyDocument(other.editor, document, without)).toMatchObject({ ok: true });
    expect(other.dkimKeysOf('example.org')).toEqual(directory.dkimKeysOf('example.org'));
    expect(await applyDocument(other.editor, document, without)).toEqual({ ok: true, value: { lines: [] } });
  });

  test('a document without keys leaves them, an empty list or a pruned domain takes them away', async () => {
    const directory = await open();
    await must(directory, add, addEd, { do: 'domain-add', domain: 'other.example' });
    await must(directory, { ...addEd, domain: 'other.example' });
    await applyDocument(directory.editor, parse({ domains: { 'example.org': {} } }), without);
    expect(states(directory)).toEqual({ e20260131: 'next' });
    await applyDocument(directory.editor, parse({ domains: { 'example.org': { 'dkim-keys': [] } } }), without);
    expect([states(directory), states(directory, 'other.example')]).toEqual([{}, { e20260131: 'next' }]);
    await applyDocument(directory.editor, parse({ domains: { 'example.org': {} } }), { prune: true, dryRun: false });
    expect(states(directory, 'other.example')).toEqual({});
  });

  test('a key that is none is refused', async () => {
    const directory = await open();
    const [made] = await makeDkimKeys(['ed25519']);
    for (const key of ['', 'AAAA', made?.privateKey]) {
      const document = parse({
        domains: { 'example.org': { 'dkim-keys': [{ selector: 's', algorithm: 'rsa-2048', 'private-key': key }] } },
      });
      const done = await applyDocument(directory.editor, document, without);
      expect(done.ok ? '' : done.error[0]?.message).toMatch(/DKIM key s of example\.org is no private key of rsa-2048/);
    }
  });
});

test('private and public half belong together', async () => {
  for (const { algorithm, privateKey } of await makeDkimKeys(['rsa-2048', 'ed25519'])) {
    const key = readDkimKey(algorithm, privateKey);
    if (!key.ok) throw new Error(key.error);
    const spki = Buffer.from(publicHalf(algorithm, privateKey), 'base64');
    const half = createPublicKey({ key: spki, type: 'spki', format: 'der' });
    const digest = algorithm === 'ed25519' ? null : 'sha256';
    expect(verify(digest, Buffer.from('text'), half, sign(digest, Buffer.from('text'), key.value))).toBe(true);
    expect(createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' }).type).toBe(
      'private',
    );
  }
});
