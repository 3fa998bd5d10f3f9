package dev.lethe.operator.cluster;

import dev.lethe.api.resource.Kind;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether the cluster's CRDs have every field that this version writes and reads: an upgrade may have left old ones. */
public record InstalledCrds(KubernetesClient client) {
    private static final int SHOWN = 3;

    /** What is wrong, in one line; empty where nothing is, or the operator may not look. */
    public Optional<String> problem() {
        return Stream.of(Kind.values())
                .map(LetheObject::of)
                .flatMap(object -> problem(object.getPlural(), object.getCRDName()).stream())
                .findFirst();
    }

    private Optional<String> problem(String plural, String name) {
        try {
            var installed = client.apiextensions()
                    .v1()
                    .customResourceDefinitions()
                    .withName(name)
                    .get();
            if (installed == null) {
                return Optional.of("CustomResourceDefinition " + name + ": found none, expected this version's");
            }
            var missing = new TreeSet<>(fields(ours(plural)));
            missing.removeAll(fields(installed));
            return missing.isEmpty()
                    ? Optional.empty()
                    : Optional.of("CustomResourceDefinition %s: found one without %s, expected this version's"
                            .formatted(
                                    name,
                                    String.join(
                                            ", ", missing.stream().limit(SHOWN).toList())));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return Optional.empty();
            }
            return Optional.of("the API server: " + e.getMessage());
        }
    }

    private CustomResourceDefinition ours(String plural) {
        var file = "/dev/lethe/api/crds/" + plural + ".yaml";
        try (var stream = LetheObject.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(file + " is missing from this build");
            }
            return client.getKubernetesSerialization().unmarshal(stream, CustomResourceDefinition.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every field of the version that the operator speaks, such as {@code spec.model.uri}. */
    private static Set<String> fields(CustomResourceDefinition crd) {
        var fields = new TreeSet<String>();
        crd.getSpec().getVersions().stream()
                .filter(version -> version.getName().equals(LetheObject.VERSION) && served(version))
                .forEach(version -> collect("", version.getSchema().getOpenAPIV3Schema(), fields));
        return fields;
    }

    private static boolean served(CustomResourceDefinitionVersion version) {
        return Boolean.TRUE.equals(version.getServed());
    }

    private static void collect(String prefix, @Nullable JSONSchemaProps schema, Set<String> fields) {
        if (schema == null) {
            return;
        }
        Optional.ofNullable(schema.getProperties()).orElse(Map.of()).forEach((name, property) -> {
            fields.add(prefix + name);
            collect(prefix + name + ".", property, fields);
        });
        if (schema.getItems() != null) {
            collect(prefix, schema.getItems().getSchema(), fields);
        }
        if (schema.getAdditionalProperties() != null) {
            collect(prefix, schema.getAdditionalProperties().getSchema(), fields);
        }
    }
}
