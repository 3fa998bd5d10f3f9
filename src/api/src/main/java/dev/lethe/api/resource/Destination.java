package dev.lethe.api.resource;

/** Where a stage writes. It must not exist yet: nothing is ever overwritten. */
public record Destination(String uri) {}
