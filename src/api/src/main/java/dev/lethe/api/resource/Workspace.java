package dev.lethe.api.resource;

/** The claim that stages of one job share; on a laptop the work directory takes its place. */
public record Workspace(String persistentVolumeClaim) {}
