import { z } from 'zod';

import { conflict } from '../directory-conflict.ts';
import { routeInput } from '../routes/route-input.ts';
import { maxRoutes } from '../routes/route-shape.ts';
import { operation } from './operation.ts';
import { getRouteOwner, putRoutes, routeOwner } from './route-owner.ts';

export const routeAdd = operation({
  name: 'route-add',
  schema: z.strictObject({
    ...routeOwner,
    route: routeInput,
    /** From 1 on; what is there moves down. Without it, the last one. */
    at: z.number().int().positive().optional(),
  }),
  decide(view, { route, at, ...owner }) {
    const record = getRouteOwner(view, owner);
    if (!record.ok) return record;
    const routes = record.value.routes ?? [];
    if (routes.length >= maxRoutes) return conflict('invalid', `at most ${maxRoutes} routes`);
    return putRoutes(view, record.value, routes.toSpliced((at ?? Infinity) - 1, 0, route));
  },
});
