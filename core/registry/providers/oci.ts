import { isHost } from '../../image/reference.ts';
import { distribution } from '../distribution.ts';
import type { Provider } from './provider.ts';

/** Any host that speaks the OCI distribution API. */
export const oci: Provider = {
  id: 'oci',
  title: 'OCI registry',
  matches: isHost,
  connect: distribution,
};
