"""The store: what is known, in one database. Functions here are plain and synchronous, take a connection, and run by `Database.run`."""
