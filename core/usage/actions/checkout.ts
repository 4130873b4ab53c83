import { optionalItem } from '../optional.ts';
import type { ActionAdapter } from '../stepReader.ts';

/** actions/checkout. */
export const checkout: ActionAdapter = {
  names: ['actions/checkout', 'namespacelabs/nscloud-checkout-action'],
  read(step) {
    const depth = step.text('fetch-depth');
    return {
      facts: [
        {
          kind: 'checkout',
          at: step.at,
          ...optionalItem('ref', step.item('ref')),
          ...optionalItem('repository', step.item('repository')),
          ...optionalItem('path', step.item('path')),
          // The action fetches one commit unless told otherwise.
          depth: step.inputSpan('fetch-depth') === undefined ? 1 : depth !== undefined && /^\d+$/.test(depth) ? Number(depth) : undefined,
        },
      ],
      outputs: new Map([step.output('commit', 'sha40'), step.output('ref', 'gitRef')]),
    };
  },
};
