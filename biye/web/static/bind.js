// The code stays behind the # of the address: no server's log ever holds it.
document.getElementById("code").value = location.hash.slice(1);
history.replaceState(null, "", "/bind");
