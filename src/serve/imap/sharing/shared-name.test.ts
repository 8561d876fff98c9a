import { expect, test } from 'vitest';
import { joinSharedName, splitSharedName } from './shared-name.ts';

test('names of others, and names that only look alike', () => {
  expect(splitSharedName('Other Users/ada/Team/Plans')).toEqual({ owner: 'ada', path: 'Team/Plans' });
  expect(splitSharedName('Other Users/ada/inbox')).toEqual({ owner: 'ada', path: 'INBOX' });
  expect(splitSharedName('Other Users')).toEqual({ owner: '', path: '' });
  expect(splitSharedName('Other Users/')).toEqual({ owner: '', path: '' });
  expect(splitSharedName('Other Users/ada')).toEqual({ owner: 'ada', path: '' });
  for (const own of ['INBOX', 'Other Users2', 'other users/ada/x', 'Team/Other Users/x']) {
    expect(splitSharedName(own)?.owner, own).toBeUndefined();
  }
  expect(splitSharedName(joinSharedName('bob', 'a/b'))).toEqual({ owner: 'bob', path: 'a/b' });
});
