// The window of the consent: who opened it looks again, and it goes away.
if (window.opener) {
  setTimeout(() => window.close(), 1200);
}
