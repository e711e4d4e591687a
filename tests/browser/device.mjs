// A device with passkeys, which Chromium plays, and what its user does with it.

import { unfold } from './chromium.mjs';

/** Gives a page a device; it answers by itself unless `answers` is false. */
export async function device(page, { answers = true, verified = true } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const options = {
    protocol: 'ctap2',
    ctap2Version: 'ctap2_1',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: verified,
    automaticPresenceSimulation: answers,
    defaultBackupEligibility: true,
    defaultBackupState: true,
  };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  const send = (method, settings = {}) =>
    cdp.send(`WebAuthn.${method}`, { authenticatorId, ...settings });
  return {
    cdp,
    /** Whether somebody touches it where it is asked for a passkey. */
    answer: (enabled) => send('setAutomaticPresenceSimulation', { enabled }),
    /** Whether it recognizes its user. */
    verify: (isUserVerified) => send('setUserVerified', { isUserVerified }),
    credentials: async () => (await send('getCredentials')).credentials,
    /** What happens next of a kind to what it keeps. */
    next: (event) => new Promise((resolve) => cdp.once(`WebAuthn.${event}`, resolve)),
    keep: (credential) => send('addCredential', { credential }),
    clear: () => send('clearCredentials'),
  };
}

/** The form that logs in. */
const LOGIN = '/login/passkey';
export const loginButton = (page) => page.locator(`form[action="${LOGIN}"] > button`);

/** Adds a passkey in a session that was opened a moment ago. */
export async function add(page, name = '') {
  const form = await unfold(page, '/account/passkeys/add');
  await form.locator('[name=name]').fill(name);
  await form.locator('> button').click();
}

/** Presses a button, and the device answers that once; the offer that waits is not answered. */
export async function press(page, phone, pressed = loginButton(page), path = LOGIN) {
  const hold = async (route) => {
    await phone.answer(false);
    await route.fallback();
  };
  await page.route(`**${path}`, hold, { times: 1 });
  await page.waitForLoadState('networkidle');
  // What a device is asked before it answers by itself stays without an answer.
  await phone.answer(true);
  await pressed.click();
}
