import type { Reply } from '../../wire/smtp/reply.ts';

/** `not-tried`: beyond what the server takes at once (RFC 9422): send those again in another transaction. */
export type RecipientResult =
  | { readonly address: string; readonly state: 'accepted' | 'refused'; readonly reply: Reply }
  | { readonly address: string; readonly state: 'not-tried'; readonly reply: undefined };
