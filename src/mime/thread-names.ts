import { baseSubject, type BaseSubject } from './base-subject.ts';
import { collationKey } from './collation-key.ts';
import { cutText } from './cut-text.ts';
import { decodeHeaderText } from './decode-words.ts';
import { findLastField, type Header } from './parse-header.ts';
import { threadIds } from './thread-ids.ts';

/** What THREAD goes by. RFC 5256 section 3. */
export interface ThreadNames {
  /** Its own Message-ID; undefined when it has none. */
  readonly id: string | undefined;
  /** What it refers to, the oldest first: References, or else the first id of In-Reply-To. */
  readonly references: readonly string[];
  /** The base subject as SORT compares it; '' for the empty one. */
  readonly subject: string;
  readonly isReply: boolean;
}

const maxSubject = 16_384;

/** `base`: what `baseSubject` made of the decoded subject, if that is known already. */
export function readThreadNames(header: Header, base: BaseSubject = readBase(header)): ThreadNames {
  const ids = (name: string): readonly string[] => {
    const field = findLastField(header, name);
    return field === undefined ? [] : threadIds(field.raw);
  };
  const references = ids('references');
  return {
    id: ids('message-id')[0],
    references: references.length > 0 ? references : ids('in-reply-to').slice(0, 1),
    subject: collationKey(base.text),
    isReply: base.isReplyOrForward,
  };
}

function readBase(header: Header): BaseSubject {
  return baseSubject(cutText(decodeHeaderText(findLastField(header, 'subject')?.raw ?? ''), maxSubject));
}
