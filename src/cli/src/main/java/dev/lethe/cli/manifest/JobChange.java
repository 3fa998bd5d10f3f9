package dev.lethe.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Resource;
import dev.lethe.api.resource.UnlearningJobSpec;
import dev.lethe.api.schema.InvalidManifest;
import dev.lethe.api.schema.Manifest;
import dev.lethe.api.status.UnlearningJobStatus;
import dev.lethe.merge.InvalidInput;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Applies a changed manifest to a job that has begun, by the same rules as an update in a cluster. */
public final class JobChange {
    private JobChange() {}

    /**
     * The begun job with what may change taken from the manifest.
     *
     * @throws InvalidInput naming the first field that differs and may not, with both values
     */
    public static Resource<UnlearningJobSpec, UnlearningJobStatus> take(
            Resource<UnlearningJobSpec, UnlearningJobStatus> begun,
            Resource<UnlearningJobSpec, UnlearningJobStatus> manifest,
            Path job) {
        if (!begun.name().equals(manifest.name())) {
            throw changed(job, "metadata.name", begun.name(), manifest.name());
        }
        try {
            Manifest.checkUpdate(begun.withStatus(null), manifest);
        } catch (InvalidManifest refused) {
            refused.fields().forEach(field -> compare(at(begun, field), at(manifest, field), field, job));
            throw refused;
        }
        return new Resource<>(begun.apiVersion(), begun.kind(), begun.metadata(), manifest.spec(), begun.status());
    }

    /** What stands in a top-level field of the spec, such as {@code spec.forget}. */
    private static JsonNode at(Resource<UnlearningJobSpec, ?> job, String field) {
        return tree(job.spec()).path(field.replaceFirst("^spec\\.", ""));
    }

    /** @throws InvalidInput at the first difference */
    private static void compare(JsonNode before, JsonNode after, String field, Path job) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            Set<String> names = new TreeSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(before.path(name), after.path(name), field + "." + name, job));
        } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                compare(before.get(i), after.get(i), "%s[%d]".formatted(field, i), job);
            }
        } else {
            throw changed(job, field, text(before), text(after));
        }
    }

    private static InvalidInput changed(Path job, String field, String before, @Nullable String after) {
        return InvalidInput.at(
                job.toString(),
                field,
                after,
                before + ", as when this run began; a changed job needs another --workdir");
    }

    private static String text(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.toString();
    }

    private static JsonNode tree(UnlearningJobSpec spec) {
        return Documents.mapper().valueToTree(spec);
    }
}
