"""The minimal lower layer protocol: framing and session without I/O, sockets in server and client."""
