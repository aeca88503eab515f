// What containers of the suites' own images run: one static program, in a few modes.
//
//	pod pause         waits until it is told to end
//	pod serve [PORT]  answers every HTTP request with the file /content of its image; 8080 where no port is named
//	pod exit [STATUS] ends at once; 0 where no status is named
//	pod squat ADDRESS takes an address as soon as nobody has it, and asks whoever comes for a password
//
// A first line says which mode, and when it began, in milliseconds since 1970.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

const misused = 64

func main() {
	mode := argument(1, "pause")
	fmt.Printf("%s %d\n", mode, time.Now().UnixMilli())
	switch mode {
	case "pause":
		awaitEnd()
	case "serve":
		serve(argument(2, "8080"))
	case "exit":
		end(argument(2, "0"))
	case "squat":
		squat(argument(2, "127.0.0.1:5050"))
	default:
		fail(misused, "no such mode: "+mode)
	}
}

func argument(at int, otherwise string) string {
	if len(os.Args) > at {
		return os.Args[at]
	}
	return otherwise
}

func awaitEnd() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	<-told
}

func serve(port string) {
	content, err := os.ReadFile("/content")
	if err != nil {
		content = []byte("nothing\n")
	}
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("Content-Type", "text/plain")
		_, _ = answer.Write(content)
	})
	go func() {
		fail(1, http.ListenAndServe(":"+port, nil).Error())
	}()
	// As the first process of a container it has no default for signals.
	awaitEnd()
}

// A stranger on somebody's port. He says when he is there, and which requests came with a password.
func squat(address string) {
	for {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			time.Sleep(time.Millisecond)
			continue
		}
		fmt.Println("here")
		fail(1, http.Serve(listener, http.HandlerFunc(demand)).Error())
	}
}

func demand(answer http.ResponseWriter, request *http.Request) {
	if request.Header.Get("Authorization") != "" {
		fmt.Println("shown", request.Method, request.URL)
	}
	answer.Header().Set("WWW-Authenticate", `Basic realm="stranger"`)
	answer.WriteHeader(http.StatusUnauthorized)
}

func end(status string) {
	number, err := strconv.Atoi(status)
	if err != nil {
		fail(misused, err.Error())
	}
	os.Exit(number)
}

func fail(status int, why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(status)
}
