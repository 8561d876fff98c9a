import { expect, test } from 'vitest';
import type { AttemptStory, HostStory } from '../queue/queued.ts';
import { orderAddresses } from './order-addresses.ts';

const story = (...hosts: readonly HostStory[]): AttemptStory => ({
  ...{ startedAtMs: 0, endedAtMs: 1, transport: 'direct', hosts, result: 'later', summary: '' },
});
const met = (address: string, ...replies: readonly string[]): HostStory => ({
  ...{ host: 'mx.test', address, tls: undefined, verdict: undefined, replies },
});
const all = ['2001:db8::1', '2001:db8::2', '192.0.2.1', '192.0.2.2'];
const order = (...stories: readonly AttemptStory[]): readonly string[] => orderAddresses(all, 'mx.test', stories);

test('IPv6 first, the families in turn', () => {
  expect(order()).toEqual(['2001:db8::1', '192.0.2.1', '2001:db8::2', '192.0.2.2']);
});
test('the second try begins where the first ended, as greylisting wants', () => {
  expect(order(story(met('192.0.2.2')))).toEqual(['192.0.2.2', '2001:db8::1', '192.0.2.1', '2001:db8::2']);
});
test('after a refusal for reasons of policy the other family is tried at once', () => {
  expect(order(story(met('2001:db8::1', 'RCPT: 550 5.7.1 no reverse name')))[0]).toBe('192.0.2.1');
});
test('later tries change the family', () => {
  expect(order(story(met('192.0.2.2')), story(met('192.0.2.2')))[0]).toBe('2001:db8::1');
});
test('an address that is gone is not used again', () => {
  expect(order(story(met('192.0.2.99')))[0]).toBe('2001:db8::1');
});
test('what was met at other hosts does not matter', () => {
  expect(order(story({ ...met('192.0.2.2'), host: 'other.test' }))[0]).toBe('2001:db8::1');
});
test('a host with very many addresses', () => {
  const many = Array.from({ length: 100 }, (_, at) => `192.0.2.${at}`);
  expect(orderAddresses(many, 'mx.test', [])).toHaveLength(6);
});
