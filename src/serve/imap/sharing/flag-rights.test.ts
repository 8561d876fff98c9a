import { expect, test } from 'vitest';
import { flagBits } from '../../../store/flags.ts';
import { permittedChange, permittedFlags } from './flag-rights.ts';

const { '\\Seen': seen, '\\Flagged': flagged, '\\Deleted': deleted } = flagBits;
const asked = { flags: seen | flagged | deleted, keywords: ['work'] };

test('s for \\Seen, t for \\Deleted, w for all others', () => {
  expect(permittedFlags(asked, 'lr')).toEqual({ flags: 0, keywords: [] });
  expect(permittedFlags(asked, 's')).toEqual({ flags: seen, keywords: [] });
  expect(permittedFlags(asked, 't')).toEqual({ flags: deleted, keywords: [] });
  expect(permittedFlags(asked, 'w')).toEqual({ flags: flagged, keywords: ['work'] });
  expect(permittedFlags(asked, 'stw')).toEqual(asked);
});

test('a change is cut down to what is permitted, and refused when nothing is left', () => {
  expect(permittedChange('add', asked, 'stw')).toBe(asked);
  expect(permittedChange('add', asked, 'lrs')).toEqual({ flags: seen, keywords: [] });
  expect(permittedChange('remove', { flags: deleted, keywords: [] }, 'lrsw')).toBeUndefined();
  expect(permittedChange('add', { flags: 0, keywords: [] }, 'lrs')).toEqual({ flags: 0, keywords: [] });
  expect(permittedChange('replace', asked, 'lr')).toBeUndefined();
  const partly = permittedChange('replace', asked, 'lrs');
  expect(partly).toEqual({ flags: seen, keywords: [], only: { flags: seen, keywords: false } });
});
