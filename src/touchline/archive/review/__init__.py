"""What people say of photos, events and identities: who looks at what first, and what stands."""
