--
-- PostgreSQL database dump
--

-- Dumped from database version 15.18
-- Dumped by pg_dump version 15.18

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

COPY public."User" (id, username, display, thumbnail, bio, banner, email, password, rank, blacklisted, home_ref, tags, twofa_enabled, twofa_secret, created_at, updated_at, email_verified, cert_blob, links, presence) FROM stdin;
1	root	Root	\N	\N	\N	\N	AAECAwQFBgcICQoLDA0ODw==:5RUHDgNTp9sBOWGYS4e6u57cz/Sq3/TQgaDP/8MW6L/eNZN5updoogDm/+UZSB3KdfSkPwIP/A2vXogU8PJ6DQ==	0.5	{"value": false}	3@::	{sys:admin}	f	\N	2025-06-12 22:45:27	2026-01-01 00:00:00	f	\\x0a	[]	ONLINE
\.

SELECT pg_catalog.setval('public."User_id_seq"', 42, true);

--
-- PostgreSQL database dump complete
--

