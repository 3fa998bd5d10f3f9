package dev.lethe.sources;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.lethe.merge.InvalidInput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who logs in to registries, as {@code docker login} and its like leave it: {@code auths}, {@code credHelpers} and
 * {@code credsStore} of {@code config.json}.
 *
 * @param file that says so; an absent one knows nobody
 */
record DockerConfig(Path file) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long HELPER_SECONDS = 30;

    /** {@code REGISTRY_AUTH_FILE}, {@code DOCKER_CONFIG/config.json}, or the usual place. */
    static DockerConfig of(Map<String, String> environment) {
        String file = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        String folder = environment.getOrDefault("DOCKER_CONFIG", "");
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return new DockerConfig(
                !file.isBlank()
                        ? Path.of(file)
                        : (folder.isBlank() ? Path.of(home, ".docker") : Path.of(folder)).resolve("config.json"));
    }

    /** What a registry is told with HTTP's basic authentication; empty where nobody has logged in. */
    Optional<String> basic(String registry) {
        JsonNode config = read();
        String helper = config.path("credHelpers").path(registry).asText();
        String own = config.path("auths").path(registry).path("auth").asText();
        if (helper.isEmpty() && !own.isEmpty()) {
            return Optional.of("Basic " + own);
        }
        String store = helper.isEmpty() ? config.path("credsStore").asText() : helper;
        return store.isEmpty() ? Optional.empty() : helped(store, registry);
    }

    private JsonNode read() {
        try {
            return Files.isRegularFile(file) ? JSON.readTree(file.toFile()) : MissingNode.getInstance();
        } catch (JsonProcessingException e) {
            throw InvalidInput.at(file.toString(), "JSON", "none", "the configuration of docker login");
        } catch (IOException e) {
            throw InvalidInput.unreadable(file, e);
        }
    }

    /** A helper is told the registry, and answers with a name and a secret; one that fails knows nobody. */
    private Optional<String> helped(String helper, String registry) {
        if (!helper.matches("[A-Za-z0-9][-A-Za-z0-9._]*")) {
            throw InvalidInput.at(file.toString(), "credsStore", helper, "the name of a helper");
        }
        try {
            Process process = new ProcessBuilder("docker-credential-" + helper, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(registry.getBytes(UTF_8));
            }
            byte[] said = process.getInputStream().readAllBytes();
            if (!process.waitFor(HELPER_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroy();
                return Optional.empty();
            }
            JsonNode answer = JSON.readTree(said);
            String pair = answer.path("Username").asText() + ":"
                    + answer.path("Secret").asText();
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8)));
        } catch (IOException e) {
            throw InvalidInput.at(
                    file.toString(), "docker-credential-" + helper, "a helper that cannot be asked", "one that can");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
