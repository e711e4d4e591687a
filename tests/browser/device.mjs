// A device with passkeys, which Chromium plays.

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
    keep: (credential) => send('addCredential', { credential }),
    clear: () => send('clearCredentials'),
  };
}
