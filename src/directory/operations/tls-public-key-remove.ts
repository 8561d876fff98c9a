import { z } from 'zod';

import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import { conflict } from '../directory-conflict.ts';
import { operation } from './operation.ts';

export const tlsPublicKeyRemove = operation({
  name: 'tls-public-key-remove',
  schema: z.strictObject({ fingerprint: z.string() }),
  decide(view, { fingerprint }) {
    return view.tlsPublicKeys.has(fingerprint)
      ? ok(directoryChange({ remove: [{ kind: 'tls-public-key', id: fingerprint }] }))
      : conflict('unknown', `there is no TLS public key with the fingerprint "${fingerprint}"`);
  },
});
