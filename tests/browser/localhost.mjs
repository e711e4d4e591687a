// Imported first, it gives the instance a name, which passkeys need.
process.env.BROWSER_HOST = 'localhost';
