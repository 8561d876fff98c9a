import { expect, test } from 'vitest';
import type { AccountId } from '../store/ids.ts';
import { chooseTransport, directTransport, type Route, type Routes } from './choose-transport.ts';
import type { Transport } from './transport.ts';

const failing = (name: string): Transport => ({ kind: 'fail', name, code: 554, text: name });
const route = (name: string, more: Partial<Route> = {}): Route => ({
  fromDomains: [],
  toDomains: [],
  minimumAttempts: 0,
  transport: failing(name),
  ...more,
});
const entry = { domain: 'to.example', attempts: 0, message: { accountId: 7 as AccountId, fromDomain: 'from.example' } };

function choose(
  lists: { account?: Route[]; sender?: Route[]; global?: Route[] },
  changes: Partial<typeof entry> = {},
): string {
  const routes: Routes = {
    ofAccount: (id) => (id === 7 ? (lists.account ?? []) : []),
    ofSenderDomain: (domain) => (domain === 'from.example' ? (lists.sender ?? []) : []),
    global: lists.global ?? [],
  };
  return chooseTransport({ ...entry, ...changes }, routes).name;
}

test('without a route mail goes directly', () => {
  expect(choose({})).toBe(directTransport.name);
});

test('routes of the account come before those of the sender domain, and these before the global ones', () => {
  const lists = { account: [route('account')], sender: [route('sender')], global: [route('global')] };
  expect(choose(lists)).toBe('account');
  expect(choose({ ...lists, account: [] })).toBe('sender');
  expect(choose({ global: [route('first'), route('second')] })).toBe('first');
});

test('both lists must fit; a leading dot means the domain and all below', () => {
  expect(choose({ global: [route('x', { fromDomains: ['from.example'], toDomains: ['other.example'] })] })).toBe(
    'direct',
  );
  expect(choose({ global: [route('x', { fromDomains: ['from.example'], toDomains: ['.example'] })] })).toBe('x');
  expect(choose({ global: [route('x', { toDomains: ['.to.example'] })] })).toBe('x');
  expect(choose({ global: [route('x', { toDomains: ['.to.example'] })] }, { domain: 'a.to.example' })).toBe('x');
  expect(choose({ global: [route('x', { toDomains: ['.to.example'] })] }, { domain: 'nto.example' })).toBe('direct');
  expect(choose({ global: [route('x', { toDomains: ['to.example'] })] }, { domain: 'a.to.example' })).toBe('direct');
});

test('a route may wait for tries that failed', () => {
  const lists = { global: [route('way out', { minimumAttempts: 3 })] };
  expect(choose(lists, { attempts: 2 })).toBe('direct');
  expect(choose(lists, { attempts: 3 })).toBe('way out');
});
