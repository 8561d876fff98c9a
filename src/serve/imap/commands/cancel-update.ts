import { command } from '../command.ts';

/** CANCELUPDATE: no more updates for the searches with these tags. RFC 5267 section 4.3.5. */
export const cancelUpdate = command({
  name: 'CANCELUPDATE',
  states: ['selected'],
  belongsTo: 'CONTEXT=SEARCH',
  tells: 'all',
  parse(r) {
    const tags: string[] = [];
    do {
      r.expectSpace();
      tags.push(r.expectString());
    } while (!r.atEnd());
    return tags;
  },
  run(session, tags) {
    const { contexts } = session.currentMailbox().view;
    for (const tag of tags) contexts?.remove(tag);
  },
});
