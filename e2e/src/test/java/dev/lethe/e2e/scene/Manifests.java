package dev.lethe.e2e.scene;

/** Requests over the claims of a {@link Scene}. Those of a few rows and steps take seconds. */
public final class Manifests {
    private Manifests() {}

    /** A whole job over a few rows, with a gate that any model meets. */
    public static String job(String name) {
        return """
                apiVersion: lethe.dev/v1alpha1
                kind: UnlearningJob
                metadata: {name: %s}
                spec:
                  recipe: semeval2025-merge
                  model: {uri: pvc://models/quickstart}
                  forget: {uri: pvc://requests/few/forget.jsonl}
                  retain: {uri: pvc://requests/few/retain.jsonl}
                  workspace: {persistentVolumeClaim: lethe-workspace}
                  specialists:
                  - name: over
                    training: {epochs: 1, warmupEpochs: 0, maxLength: 64}
                    lora: {rank: 4, alpha: 4}
                  - name: under
                    training: {epochs: 1, warmupEpochs: 0, maxLength: 64}
                    lora: {rank: 4, alpha: 4}
                  evaluation:
                    suites: [{name: semeval2025, maxNewTokens: 4}]
                    gates: [{metric: semeval2025/forget-knowledge, max: 1.0}]
                  output: {uri: pvc://models/%1$s}
                """
                .formatted(name);
    }

    /** The training of one adapter over a few rows, with a checkpoint an epoch. */
    public static String training(String name, int epochs) {
        return """
                apiVersion: lethe.dev/v1alpha1
                kind: ModelTraining
                metadata: {name: %s}
                spec:
                  model: {uri: pvc://models/quickstart}
                  forget: {uri: pvc://requests/few/forget.jsonl}
                  retain: {uri: pvc://requests/few/retain.jsonl}
                  objective: {type: npo}
                  training: {epochs: %d, warmupEpochs: 0, maxLength: 64}
                  lora: {rank: 4, alpha: 4}
                  workspace: {persistentVolumeClaim: lethe-workspace}
                  output: {uri: pvc://lethe-workspace/%1$s/adapter}
                """
                .formatted(name, epochs);
    }

    /** A training that goes on for as long as a test may want to interfere with it. */
    public static String longTraining(String name) {
        return training(name, 100);
    }
}
