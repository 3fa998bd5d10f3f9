package dev.lethe.api.resource;

/** What every kind's spec has in common: how its pods run. Nothing else of a spec may change after creation, nor most of that. */
public sealed interface Spec permits UnlearningJobSpec, StageSpec {
    /** How the pods run. */
    Execution execution();
}
