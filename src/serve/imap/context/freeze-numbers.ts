import type { SearchKey } from '../../../wire/imap/search-key.ts';
import type { View } from '../view.ts';

/** The key with message numbers and `$` replaced by the messages that they mean now. RFC 5267 section 4.3. */
export function freezeNumbers(key: SearchKey, view: View): SearchKey {
  switch (key.kind) {
    case 'sequence':
      return { kind: 'uid', set: { kind: 'ranges', ranges: view.uidRanges(view.findNumbers(key.set)) } };
    case 'uid':
      if (key.set.kind !== 'saved') return key;
      return { kind: 'uid', set: { kind: 'ranges', ranges: view.uidRanges(view.resolveUids(key.set)) } };
    case 'not':
    case 'fuzzy':
      return { kind: key.kind, key: freezeNumbers(key.key, view) };
    case 'or':
      return { kind: 'or', keys: [freezeNumbers(key.keys[0], view), freezeNumbers(key.keys[1], view)] };
    case 'and':
      return { kind: 'and', keys: key.keys.map((each) => freezeNumbers(each, view)) };
    default:
      return key;
  }
}
