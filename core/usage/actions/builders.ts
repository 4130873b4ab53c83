import { pinnedBuildKit } from '../buildkit.ts';
import type { ActionAdapter } from '../stepReader.ts';

/** docker/setup-buildx-action; `driver-opts` may pin the BuildKit image, `version` is buildx's own. */
export const setupBuildx: ActionAdapter = {
  names: ['docker/setup-buildx-action', 'crazy-max/ghaction-docker-buildx'],
  read(step) {
    const buildkit = pinnedBuildKit(step.text('driver-opts') ?? '');
    const driver = step.text('driver');
    return {
      facts: [{ kind: 'builder', at: step.at, ...(buildkit && { buildkit }), ...(driver && { driver }) }],
      outputs: new Map(['name', 'driver', 'platforms', 'nodes', 'endpoint', 'status', 'flags'].map(name => step.output(name, 'line'))),
    };
  },
};

/** Builders that run elsewhere, or a Docker whose own store takes every export. */
export const otherBuilders: ActionAdapter = {
  names: [
    'useblacksmith/setup-docker-builder',
    'depot/setup-action',
    'docker/setup-docker-action',
    'namespacelabs/nscloud-setup-buildx-action',
    'warpbuilds/docker-configure',
    'earthly/actions-setup',
  ],
  read(step) {
    const isStore = /containerd-snapshotter"?\s*:\s*true/.test(step.text('daemon-config') ?? '');
    const isDocker = /^docker\/setup-docker-action@/i.test(step.step.uses?.value ?? '');
    // Docker's own builder exports caches only from the containerd image store.
    return { facts: [{ kind: 'builder', at: step.at, ...(isDocker && !isStore && { driver: 'docker' }) }] };
  },
};
