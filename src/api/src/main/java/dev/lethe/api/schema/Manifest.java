package dev.lethe.api.schema;

import dev.lethe.api.document.Documents;
import dev.lethe.api.resource.Kind;
import dev.lethe.api.resource.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Manifests, read as strictly as a cluster with our CRDs reads them, and with the same defaults: what {@code kubectl
 * apply} would refuse is refused here, with its line and column. URIs stay as they are written.
 */
public final class Manifest {
    /** Started early, since it takes longer than reading YAML does. */
    private static final CompletableFuture<Cel> CEL = CompletableFuture.supplyAsync(Cel::new);

    /** Of the kinds that have been read. */
    private static final Map<Kind, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private final List<Problem> problems = new ArrayList<>();
    private final String where;

    private Manifest(String where) {
        this.where = where;
    }

    /**
     * The resources of a YAML or JSON file with any number of documents, without their status.
     *
     * @throws InvalidManifest with every problem of the file
     */
    public static List<Resource<?, ?>> read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw InvalidManifest.of(
                    List.of(new Problem(file.toString(), Position.NONE, "", "found other bytes, expected UTF-8")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The one resource of a file, which must be of that kind.
     *
     * @throws InvalidManifest with every problem of the file
     */
    public static Resource<?, ?> readOne(Path file, Kind kind) {
        List<Resource<?, ?>> resources = read(file);
        if (resources.size() != 1) {
            throw InvalidManifest.of(List.of(new Problem(
                    file.toString(),
                    Position.NONE,
                    "",
                    "found %d resources, expected one".formatted(resources.size()))));
        }
        Resource<?, ?> only = resources.getFirst();
        if (only.kind() != kind) {
            throw InvalidManifest.of(List.of(new Problem(
                    file.toString(), Position.NONE, "kind", "found %s, expected %s".formatted(only.kind(), kind))));
        }
        return only;
    }

    /**
     * The resources of a text.
     *
     * @param where names the text in errors
     * @throws InvalidManifest with every problem of the text
     */
    public static List<Resource<?, ?>> parse(String where, String text) {
        var manifest = new Manifest(where);
        var resources = new ArrayList<Resource<?, ?>>();
        for (Value document : Yaml.read(where, text, true, manifest.problems)) {
            if (!(document instanceof Value.Scalar scalar && scalar.value() == null)) {
                manifest.admit(document, null).ifPresent(resources::add);
            }
        }
        if (resources.isEmpty() && manifest.problems.isEmpty()) {
            manifest.refuse(Position.NONE, "", "nothing", "a resource");
        }
        manifest.refuseProblems();
        return resources;
    }

    /**
     * Holds a changed resource against the rules of transition, too.
     *
     * @throws InvalidManifest with every field that may not change so
     */
    public static void checkUpdate(Resource<?, ?> old, Resource<?, ?> changed) {
        var manifest = new Manifest(changed.name());
        if (old.kind() != changed.kind()) {
            manifest.refuse(
                    Position.NONE, "kind", changed.kind().name(), old.kind().name());
            manifest.refuseProblems();
        }
        Object before = manifest.document(old)
                .flatMap(it -> Optional.ofNullable(manifest.admission().admit(schema(old.kind()), it, "", null)))
                .orElse(null);
        manifest.document(changed).ifPresent(it -> manifest.admit(it, before));
        manifest.refuseProblems();
    }

    private Optional<Value> document(Resource<?, ?> resource) {
        return Yaml.read(where, Documents.line(resource), false, problems).stream()
                .findFirst();
    }

    private Optional<Resource<?, ?>> admit(Value document, @Nullable Object old) {
        if (!(document instanceof Value.Fields fields)) {
            refuse(document.at(), "", document.described(), "a resource");
            return Optional.empty();
        }
        text(fields, "apiVersion", List.of(Resource.API_VERSION));
        Optional<Kind> kind = text(
                        fields,
                        "kind",
                        Arrays.stream(Kind.values()).map(Kind::name).toList())
                .map(Kind::valueOf);
        Object admitted =
                kind.map(it -> admission().admit(schema(it), document, "", old)).orElse(null);
        if (problems.isEmpty() && admitted instanceof Map<?, ?> map) {
            map.remove("status"); // as on creation in a cluster, where a status is not the user's to write
            return Optional.of(Documents.parse(where, Documents.line(map), Resource.class));
        }
        return Optional.empty();
    }

    /** A text of the document, if it is one of those. */
    private Optional<String> text(Value.Fields document, String field, List<String> expected) {
        Value.Field found = document.fields().get(field);
        if (found != null && found.value() instanceof Value.Scalar scalar && expected.contains(scalar.value())) {
            return Optional.of(scalar.text());
        }
        refuse(
                found == null ? document.at() : found.value().at(),
                field,
                found == null ? "nothing" : found.value().described(),
                expected.stream().collect(Collectors.joining(", ", expected.size() > 1 ? "one of " : "", "")));
        return Optional.empty();
    }

    private static Schema schema(Kind kind) {
        return SCHEMAS.computeIfAbsent(kind, Schema::of);
    }

    private Admission admission() {
        return new Admission(where, CEL::join, problems);
    }

    private void refuse(Position at, String field, String found, String expected) {
        problems.add(new Problem(where, at, field, "found " + found + ", expected " + expected));
    }

    private void refuseProblems() {
        if (!problems.isEmpty()) {
            throw InvalidManifest.of(problems);
        }
    }
}
